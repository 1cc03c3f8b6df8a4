# shellcheck shell=bash
# What the scripts share: a private workspace, a private copy of the server, throwaway clusters.
#
# A script that needs a server starts in the checkout, makes a workspace and runs itself again inside it:
#
#     . "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
#     if ! inside_workspace; then
#         "$LOYALTY_ROOT/scripts/bootstrap"
#         workspace_create
#         workspace_run "scripts/$(basename "$0")" "$@"    # as an unprivileged user when called by root
#         exit
#     fi
#     private_server && make_quietly && make_quietly install
#     cluster_start demo "${FAST_CLUSTER[@]}"
#
# A workspace is a directory under TMPDIR that holds a copy of the source tree (src), a relocated copy of the
# installed PostgreSQL to install the extension into (server), and clusters that listen on Unix sockets only.
# Nothing is written to the checkout, to the server's own directories or to a running server.
#
# Environment:
#   PG_CONFIG           the server to build for (default: PostgreSQL 15 of the distribution)
#   LOYALTY_TEST_USER   whom root becomes for build and servers (default: nobody)
#   LOYALTY_WORKDIR     a workspace to keep and use again: later runs build only what changed
#   LOYALTY_KEEP        not empty: leave the workspace behind, and say where

LOYALTY_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
LOYALTY_DEFAULT_MAJOR=15

# Settings for a cluster whose data nobody will miss.
# shellcheck disable=SC2034
FAST_CLUSTER=('fsync = off' 'synchronous_commit = off' 'full_page_writes = off')

say() { printf '%s\n' "$*"; }
warn() { printf '%s\n' "$*" >&2; }
die() { warn "${0##*/}: $1"; exit "${2:-1}"; }

# The pg_config that was asked for, or the distribution's; nothing if there is none yet.
find_pg_config()
{
	local debian=/usr/lib/postgresql/$LOYALTY_DEFAULT_MAJOR/bin/pg_config

	if [[ -n ${PG_CONFIG:-} ]]; then
		command -v "$PG_CONFIG" || true
	elif [[ -x $debian ]]; then
		echo "$debian"
	else
		command -v pg_config || true
	fi
}

# ---------------------------------------------------------------- workspace

inside_workspace() { [[ -n ${LOYALTY_WORK:-} ]]; }

# The user that runs build and servers: ourselves, unless we are root.
workspace_user()
{
	if ((EUID == 0)); then echo "${LOYALTY_TEST_USER:-nobody}"; else id -un; fi
}

# Commands in front of another one to run it as that user.
workspace_become()
{
	((EUID == 0)) || return 0
	printf '%s\n' setpriv --reuid "$(workspace_user)" --regid "$(id -g "$(workspace_user)")" --init-groups --
}

# Makes the workspace WORK with a copy of the tree, to be removed at exit.
workspace_create()
{
	WORK_IS_KEPT=${LOYALTY_KEEP:-}
	if [[ -n ${LOYALTY_WORKDIR:-} ]]; then
		mkdir -p "$LOYALTY_WORKDIR"
		WORK=$(cd "$LOYALTY_WORKDIR" && pwd -P)
		[[ -e $WORK/.loyalty || -z $(ls -A "$WORK") ]] || die "$WORK is neither empty nor a workspace" 2
		WORK_IS_KEPT=yes
	else
		WORK=$(mktemp -d "$(workspace_base)/loyalty.XXXXXX")
	fi
	((${#WORK} <= 70)) || die "$WORK is too long a path for Unix sockets: choose a shorter TMPDIR" 2
	trap workspace_remove EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	local user
	user=$(workspace_user)
	touch "$WORK/.loyalty"
	mkdir -p "$WORK/src" "$WORK/tmp" "$WORK/files" "$WORK/log"
	copy_tree "$WORK/src"
	chmod 755 "$WORK"
	# What that user made is its own already: the server and the clusters have thousands of files.
	if ((EUID == 0)) && [[ $(stat -c %U "$WORK/.loyalty") != "$user" ]]; then
		chown -hR "$user:" "$WORK"
	elif ((EUID == 0)); then
		chown "$user:" "$WORK"
		chown -hR "$user:" "$WORK"/{src,tmp,files,log}
	fi
}

# TMPDIR if its path is short and the user of the workspace may enter it, /tmp otherwise.
workspace_base()
{
	local base=${TMPDIR:-/tmp}
	local -a become

	mapfile -t become < <(workspace_become)
	if ((${#base} <= 40)) && "${become[@]}" test -x "$base"; then echo "${base%/}"; else echo /tmp; fi
}

# Copies the files that belong to the project: what git tracks or would add, else all but build products.
copy_tree()
{
	local target=$1

	# All but what make has built, so that what is no longer in the tree goes.
	find "$target" -path "$target/build" -prune -o -type f ! -name '*.o' ! -name '*.bc' ! -name '*.so' ! -name '*.d' \
		\( ! -path "$target/sql/loyalty--*.sql" -o -name 'loyalty--*--*.sql' \) -exec rm -f {} +
	(
		cd "$LOYALTY_ROOT" || exit
		if [[ -e .git ]] && git -c safe.directory='*' rev-parse >/dev/null 2>&1; then
			git -c safe.directory='*' ls-files -z --cached --others --exclude-standard
		else
			find . -name .git -prune -o -type f ! -name '*.o' ! -name '*.bc' ! -name '*.so' ! -name '*.d' \
				! -path './results/*' ! -path './output_iso/*' ! -path './build/*' ! -path './tmp_check/*' -print0
		fi |
			while IFS= read -r -d '' file; do
				[[ -e $file || -L $file ]] && printf '%s\0' "$file"
			done |
			tar --null --no-recursion -cf - -T -
	) | tar -xf - -C "$target" --no-same-owner
}

# Copies a file of the caller into the workspace, whose user may have no access to it, and prints where it is.
workspace_add_file()
{
	local copy
	copy=$WORK/files/$(basename "$1")
	cp -- "$1" "$copy"
	chmod 644 "$copy"
	echo "$copy"
}

# Runs a command of the copied tree inside the workspace, as the unprivileged user.
workspace_run()
{
	local -a become
	local pg_config

	pg_config=$(find_pg_config)
	[[ -n $pg_config ]] || die "no pg_config: install the server development package or set PG_CONFIG" 2
	mapfile -t become < <(workspace_become)
	(
		cd "$WORK/src" || exit
		unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
		unset PGHOST PGHOSTADDR PGPORT PGDATABASE PGUSER PGPASSWORD PGPASSFILE PGSERVICE PGOPTIONS PGDATA PGTZ \
			PGDATESTYLE PGCLIENTENCODING LANGUAGE
		exec "${become[@]}" env HOME="$WORK/tmp" TMPDIR="$WORK/tmp" LC_ALL=C.UTF-8 PSQLRC=/dev/null \
			PSQL_HISTORY=/dev/null LOYALTY_WORK="$WORK" PG_CONFIG="$(realpath -s "$pg_config")" "$@"
	)
}

# At exit: stops every server that still runs in the workspace, then removes it.
workspace_remove()
{
	local status=$? pidfile pid

	trap - EXIT
	if [[ -z $WORK_IS_KEPT ]] || ((status != 0)); then
		while IFS= read -r pidfile; do
			pid=$(head -n 1 "$pidfile" 2>/dev/null) || continue
			if [[ $(readlink "/proc/$pid/cwd") == "$WORK"/* ]]; then
				kill -INT "$pid" 2>/dev/null || true
				timeout 20 tail -s 0.1 --pid="$pid" -f /dev/null || kill -QUIT "$pid" 2>/dev/null || true
			fi
		done < <(find "$WORK" -name postmaster.pid -type f 2>/dev/null)
	fi
	if [[ -n $WORK_IS_KEPT ]]; then
		say "workspace left in $WORK"
	else
		rm -rf "$WORK"
	fi
	exit "$status"
}

# ---------------------------------------------------------------- server

# Copies the installed server to $LOYALTY_WORK/server, puts its programs on PATH and sets PG_CONFIG to the copy.
# PostgreSQL finds its directories relative to the program that runs, so the copy uses its own library and
# extension directories: links to the original files, into which the extension is installed without privileges. A copy
# of the same server that a kept workspace has is used again, without what was installed into it.
private_server()
{
	local original=$PG_CONFIG server=$LOYALTY_WORK/server bin lib share state

	bin=$("$original" --bindir)
	lib=$("$original" --pkglibdir)
	share=$("$original" --sharedir)
	state=$(stat -c '%n %s %Y' "$bin/postgres" "$lib" "$share" "$share/extension")
	if [[ ! -e $server/state || $state != "$(<"$server/state")" ]]; then
		rm -rf "$server"
		copy_server "$original"
		echo "$state" >"$server/state"
	fi
	rm -rf "$server$lib"/loyalty.so "$server$lib/bitcode"/loyalty* "$server$share/extension"/loyalty*
	export PG_CONFIG=$server$bin/pg_config PATH=$server$bin:$PATH
	if [[ $("$PG_CONFIG" --pkglibdir) != "$server"/* ]]; then
		warn "this PostgreSQL cannot be relocated: $bin"
		return 1
	fi
}

copy_server()
{
	local original=$1 server=$LOYALTY_WORK/server bin dir name

	bin=$("$original" --bindir)
	mkdir -p "$server$bin"
	for name in "$bin"/{postgres,initdb,psql,createdb,dropdb,createuser,dropuser,vacuumdb,reindexdb,pgbench,pg_}*; do
		[[ ! -f $name ]] || cp -L "$name" "$server$bin/"
	done
	for dir in "$("$original" --pkglibdir)" "$("$original" --sharedir)"; do
		mkdir -p "$server$dir"
		cp -Rs "$dir/." "$server$dir/"
	done
	for dir in "$("$original" --includedir)" "$("$original" --pkgincludedir)" "$("$original" --includedir-server)"; do
		[[ -d $dir && ! -e $server$dir ]] || continue
		mkdir -p "$(dirname "$server$dir")"
		ln -s "$dir" "$server$dir"
	done
}

# make for the private server, with as many jobs as there are processors.
make_private() { make --no-print-directory -j"$(nproc)" PG_CONFIG="$PG_CONFIG" "$@"; }

# The same, silent unless it fails.
make_quietly()
{
	local log
	log=$(mktemp "$LOYALTY_WORK/log/make.XXXXXX")
	if ! make_private -s "$@" >"$log" 2>&1; then
		tail -n 60 "$log" >&2
		return 1
	fi
}

# Starts the throwaway cluster NAME with these configuration lines; psql and its kin then find it through
# PGHOST, PGPORT and PGUSER. The superuser is postgres, whoever runs this.
cluster_start()
{
	local dir=$LOYALTY_WORK/$1 template=$LOYALTY_WORK/initdb
	shift

	if [[ ! -d $template ]]; then
		initdb -D "$template" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync \
			>"$LOYALTY_WORK/log/initdb.log" 2>&1 || { cat "$LOYALTY_WORK/log/initdb.log" >&2; return 1; }
	fi
	rm -rf "$dir"
	mkdir -m 700 "$dir"
	cp -a "$template" "$dir/data"
	printf '%s\n' "listen_addresses = ''" "unix_socket_directories = '$dir'" "timezone = 'UTC'" \
		"log_timezone = 'UTC'" "$@" >>"$dir/data/postgresql.conf"
	pg_ctl -D "$dir/data" -l "$dir/log" -w -t 60 start >/dev/null || { tail -n 40 "$dir/log" >&2; return 1; }
	export PGHOST=$dir PGPORT=5432 PGUSER=postgres PGDATABASE=postgres
}

# Stops it; what it logged stays in $LOYALTY_WORK/NAME/log.
cluster_stop()
{
	local data=$LOYALTY_WORK/$1/data
	# A server that is just recovering from a crash can miss the polite request.
	pg_ctl -D "$data" -m fast -w -t 15 stop >/dev/null 2>&1 || pg_ctl -D "$data" -m immediate -w stop >/dev/null || true
}
