# shellcheck shell=bash
# The rows of scripts/bench that count calls of several clients. Each measurement has its sessions, which stay as an
# application's do, and they take turns of some seconds: a disk or a machine that is slower now than a minute ago is so
# for all of them. Each session first touches all pages of its database: to map a page of the server's memory costs more
# than what is done there, and an application's session did it long ago. Who waits for a turn is stopped (SIGSTOP): the
# pgbench, not the server. TPC-B has a cluster of its own, as its sessions are stopped inside of transactions, which would
# keep the others from tidying up their pages. Appends to RESULTS
#     speed NAME ROUND calls-per-second processor-microseconds-per-call

WARM=3								# seconds for the rest of what a session does only once

declare -A SESSIONS=()				# the pgbench of a measurement,
declare -A BACKENDS=()				# the processes that serve it,
declare -A SPENT=()					# and their processor time in ticks so far

# Waits for the next whole second, in which calls that were under way when their turn ended come to their end.
next_second() { sleep "$(awk -v us="${EPOCHREALTIME#*[.,]}" 'BEGIN { print 1 - us / 1000000 }')"; }

# What pgbench runs for a measurement: puts DATABASE, the name of its SCRIPT, HOST and more ARGUMENTS.
describe_sessions()
{
	local name=$1

	DATABASE=bench SCRIPT=$name HOST=$PGHOST ARGUMENTS=()
	case $name in
	tpcb) DATABASE=tpcb SCRIPT=tpcb HOST=$LOYALTY_WORK/tpcb ;;
	balance_* | ledger_* | closing_*)
		DATABASE=history SCRIPT=${name%_*}
		ARGUMENTS=(-D reader=$((READER + ($([[ $name == *_long ]] && echo 2 || echo 0)))))
		;;
	earn_merging | earn_beside) DATABASE=merge SCRIPT=earn ;;
	earn_status_*) DATABASE=${name#earn_} SCRIPT=earn ;;
	earn_thousand) DATABASE=thousand ;;
	earn_told) DATABASE=told SCRIPT=earn ;;
	guess_plain) DATABASE=guess ;;
	guess | proof | proof_none | profile) DATABASE=$name ;;
	profile_terms) DATABASE=profile_terms SCRIPT=profile ;;
	queue_* | codes_*)
		DATABASE=queue HOST=$LOYALTY_WORK/queues
		ARGUMENTS=(-D base="$QUEUES_BASE" -D stride="$QUEUES_STRIDE")
		[[ $name != codes_* ]] || SCRIPT=codes
		[[ $name != codes_deep ]] || DATABASE=queue_deep
		;;
	search*)
		DATABASE=search
		ARGUMENTS=(-D searched="$(sql -d search -c 'SELECT count(*) FROM bench.searched')")
		;;
	programs_*)
		DATABASE=$name SCRIPT=programs
		ARGUMENTS=(-D programs="${name#*_}")
		;;
	esac
}

# pgbench's own script for TPC-B, or one of ours, behind what touches the pages.
print_script()
{
	cat scripts/bench.d/touch.pgbench
	if [[ $1 == tpcb ]]; then
		pgbench --show-script=tpcb-like 2>&1
	else
		cat "scripts/bench.d/$1.pgbench"
	fi
}

# Waits until no session of a measurement touches pages any more.
await_touched()
{
	local busy

	until [[ ${busy:-} == 0 ]]; do
		sleep 1
		kill -0 "${SESSIONS[$1]}" || sessions_failed "$1"
		busy=$(PGHOST=$HOST sql -c "SELECT $CLIENTS - count(*) FROM pg_stat_activity
			WHERE application_name = '$1' AND query NOT IN ('', 'SELECT bench.touch();')")
	done
}

# processor_time NAME: ticks that the server has spent on its sessions.
processor_time()
{
	local backend

	for backend in ${BACKENDS[$1]}; do cat "/proc/$backend/stat"; done |
		awk '{ sub(/.*\) /, ""); ticks += $12 + $13 } END { print ticks }'
}

# open_sessions NAME: lets them warm up, and stops them.
open_sessions()
{
	local name=$1 script=$LOYALTY_WORK/turns/$1.pgbench DATABASE SCRIPT HOST ARGUMENTS

	describe_sessions "$name"
	print_script "$SCRIPT" >"$script"
	PGHOST=$HOST PGAPPNAME=$name pgbench -U bench -n -M prepared -c "$CLIENTS" -j 2 -f "$script" -D base="$BASE" \
		-D stride="$STRIDE" -D org="$ORG" -D program="$PROGRAM" -D earners="$EARNERS" -D owners="$OWNERS" \
		-D clients="$CLIENTS" -D lists="$LISTS" -D i=0 -D touched=0 -D scale="$TPCB_SCALE" "${ARGUMENTS[@]}" \
		-T 1000000 -l --aggregate-interval=1 --log-prefix="$LOYALTY_WORK/turns/$name" "$DATABASE" \
		>"$LOYALTY_WORK/log/$name.log" 2>&1 &
	SESSIONS[$name]=$!
	await_touched "$name"
	sleep "$WARM"
	kill -STOP "${SESSIONS[$name]}" || sessions_failed "$name"
	sleep 1
	BACKENDS[$name]=$(PGHOST=$HOST sql -c "SELECT pid FROM pg_stat_activity WHERE application_name = '$name'" | xargs)
	SPENT[$name]=$(processor_time "$name")
}

sessions_failed()
{
	tail -n 20 "$LOYALTY_WORK/log/$1.log" >&2
	die "pgbench for $1 failed"
}

kill_sessions() { [[ ${#SESSIONS[@]} == 0 ]] || kill -KILL "${SESSIONS[@]}" 2>/dev/null || true; }

# take_turn ROUND NAME: appends "ROUND NAME BEGIN SECONDS TICKS" to the list of turns.
take_turn()
{
	local round=$1 name=$2 busy='' begin end spent

	next_second
	if [[ $name == earn_merging || $name == earn_beside ]]; then
		PGOPTIONS='-c synchronous_commit=off' sql -d merge \
			-c "CALL bench.busy($SECONDS_EACH, $([[ $name == earn_merging ]] && echo true || echo false))" &
		busy=$!
	fi
	begin=$EPOCHREALTIME
	kill -CONT "${SESSIONS[$name]}" || sessions_failed "$name"
	sleep "$SECONDS_EACH"
	kill -STOP "${SESSIONS[$name]}" || sessions_failed "$name"
	end=$EPOCHREALTIME
	[[ -z $busy ]] || wait "$busy"
	spent=$(processor_time "$name")
	printf '%s\t%s\t%s\t%s\t%s\n' "$round" "$name" "$begin" \
		"$(awk -v begin="$begin" -v end="$end" 'BEGIN { print end - begin }')" $((spent - SPENT[$name])) \
		>>"$LOYALTY_WORK/turns/list"
	SPENT[$name]=$spent
}

# end_sessions NAME: the server ends them, which makes pgbench write down what it counted, second by second.
end_sessions()
{
	local name=$1 DATABASE SCRIPT HOST ARGUMENTS

	describe_sessions "$name"
	! grep -q aborted "$LOYALTY_WORK/log/$name.log" || sessions_failed "$name"
	PGHOST=$HOST sql -c "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = '$name'" \
		>/dev/null
	kill -CONT "${SESSIONS[$name]}"
	wait "${SESSIONS[$name]}" || true
	unset "SESSIONS[$name]"
}

# count_calls NAME: what its turns came to. A second of pgbench's begins anywhere within a second of the clock. A batch
# counts as so many calls as it has items.
count_calls()
{
	local name=$1 each=1

	[[ $name != earn_thousand ]] || each=1000
	cat "$LOYALTY_WORK/turns/$name".[0-9]* | awk -v name="$name" -v each=$each -v tick="$(getconf CLK_TCK)" '
		NR == FNR { done[$1] += $2 * each; next }
		$2 == name {
			calls = 0
			for (s = int($3) - 1; s < int($3) + int($4); s++) calls += done[s]
			if (calls > 0)
				printf "speed\t%s\t%s\t%.1f\t%.1f\n", name, $1, calls / $4, $5 * 1000000 / tick / calls
		}' - "$LOYALTY_WORK/turns/list" >>"$RESULTS"
}

# Gives every customer who redeems in a database so many open lots: top_up DATABASE LOTS.
top_up()
{
	local middle=$((EARNERS + OWNERS / 2))

	note "lots to redeem, up to $2 for each customer of $1"
	PGOPTIONS='-c synchronous_commit=off' sql -d "$1" -c "CALL bench.top_up($EARNERS, $((middle - 1)), $2)" &
	PGOPTIONS='-c synchronous_commit=off' sql -d "$1" -c "CALL bench.top_up($middle, $((EARNERS + OWNERS - 1)), $2)" &
	wait_for_all
	[[ $1 != bench ]] ||
		PGOPTIONS='-c synchronous_commit=off' sql -d bench -c "CALL plain.top_up($EARNERS, $((EARNERS + OWNERS - 1)), $2)"
}

# Gives what is redeemed in so many seconds: lots, and proofs where they are asked for. provide_redemptions CALLS SECONDS: of so many
# calls a second, or as many as the sessions made while they got warm.
provide_redemptions()
{
	local database calls lots
	local -a databases=()

	! wanted redeem || databases+=(bench)
	! wanted proof || databases+=(proof proof_none)
	for database in "${databases[@]}"; do
		calls=${1:-$(sql -d "$database" -c "SELECT count(*) / $WARM FROM loyalty_data.ledger_event WHERE redemption_id IS NOT NULL")}
		lots=$(lots_for "$calls" "$2")
		top_up "$database" "$lots"
		[[ $database != proof* ]] || {
			note "as many proofs in $database"
			sql -d "$database" -c "CALL bench.prove($lots)"
		}
	done
}

# lots_for CALLS SECONDS: of each customer, that so many redemptions a second take in so many seconds, and half as many more.
lots_for() { echo $((4 + $1 * $2 * 3 / 2 / OWNERS)); }

# turns NAME...: all of them, every other round backwards.
turns()
{
	local name round
	local -a order

	rm -rf "$LOYALTY_WORK/turns"		# of an earlier run in the same workspace
	mkdir "$LOYALTY_WORK/turns"
	trap kill_sessions EXIT
	provide_redemptions 10000 $WARM
	for name; do
		note "sessions for $name"
		open_sessions "$name"
	done
	provide_redemptions '' $((ROUNDS * SECONDS_EACH))
	for ((round = 1; round <= ROUNDS; round++)); do
		note "round $round: turns of $SECONDS_EACH s"
		order=("$@")
		((round % 2 == 1)) || mapfile -t order < <(printf '%s\n' "$@" | tac)
		for name in "${order[@]}"; do take_turn "$round" "$name"; done
	done
	for name; do
		end_sessions "$name"
		count_calls "$name"
	done
}
