# shellcheck shell=bash
# The rows of scripts/bench that measure jobs over many rows, each in a database of its own: transactions, expiry, verify.
# They append to RESULTS
#     time NAME PART RUN SECONDS ROWS     PART is "ours" or "baseline"

BILLS=69659							# the size of the CDNOW file
BUYERS=23570
LOTS_EACH=10						# due lots of a customer, all at one instant: a month's end
ENTRIES_EACH=100					# of a customer whose books are verified

# jobs_database NAME: a new one with an empty org, and what fills it.
jobs_database()
{
	if [[ -z ${JOBS_READY:-} ]]; then
		createdb jobs
		sql -d jobs -f scripts/bench.d/jobs.sql
		JOBS_READY=yes
	fi
	createdb -T jobs "$1"
}

# fill DATABASE...: psql arguments to prepare with; commits do not wait for the disk.
fill() { PGOPTIONS='-c synchronous_commit=off -c client_min_messages=warning' sql -d "$@"; }

# in_halves DATABASE CUSTOMERS PROCEDURE ARGUMENTS: calls PROCEDURE(first, last, ARGUMENTS) for two halves at once.
in_halves()
{
	local database=$1 customers=$2 procedure=$3 arguments=$4 half=$(($2 / 2))

	fill "$database" -c "CALL $procedure(1, $half${arguments:+, $arguments})" &
	fill "$database" -c "CALL $procedure($((half + 1)), $customers${arguments:+, $arguments})" &
	wait_for_all
}

# What follows begins with clean tables, and with no writing left over from what came before.
settle() { sql -d "$1" -c 'VACUUM (ANALYZE)' -c CHECKPOINT; }

# The source of a load. Nobody vacuums the tables of the ledger, which are empty.
number_bills() { fill "$1" -c 'CALL bench.number_bills()' -c 'ANALYZE bench.bill' -c CHECKPOINT; }

# expect DATABASE WHAT COUNT QUERY: what was measured was something else if the count is another one.
expect()
{
	local found

	found=$(sql -d "$1" -c "$4")
	[[ $found == "$3" ]] || die "$2: $3 wanted, $found found"
}

expect_clean() { expect "$1" divergences 0 "SELECT count(*) FROM loyalty.verify_ledger('jobs') WHERE ok IS NOT TRUE"; }

# timed NAME PART RUN ROWS DATABASE STATEMENT: runs it as an application would and appends how long it took.
timed()
{
	local name=$1 part=$2 run=$3 rows=$4 database=$5 statement=$6 began seconds

	began=$EPOCHREALTIME
	PGOPTIONS='-c client_min_messages=warning' sql -d "$database" -c "$statement" >/dev/null
	seconds=$(awk -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.3f", b - a }')
	printf 'time\t%s\t%s\t%s\t%s\t%s\n' "$name" "$part" "$run" "$seconds" "$rows" >>"$RESULTS"
	note "$name, $part, run $run: $seconds s"
}

# ---------------------------------------------------------------- bills

measure_transactions()
{
	local run bills

	for ((run = 1; run <= RUNS; run++)); do
		note "bills to load"
		jobs_database transactions
		if [[ -n $BILLS_FILE ]]; then
			sql -d transactions -c 'COPY bench.file FROM STDIN (FORMAT csv, HEADER MATCH)' \
				<"$LOYALTY_WORK/files/bills.csv"
		else
			sql -d transactions -c "CALL bench.make_bills($BILLS, $BUYERS, '1997-01-01', 545)"
		fi
		number_bills transactions
		bills=$(sql -d transactions -c 'SELECT count(*) FROM bench.bill')
		timed transactions ours "$run" "$bills" transactions "CALL loyalty.load_transactions('jobs', 'bench.bill')"
		expect transactions bills "$bills" 'SELECT bills FROM loyalty.transaction_loads'
		dropdb transactions
	done
}

# ---------------------------------------------------------------- expiry

# The baseline comes before and after: a machine that slows down meanwhile slows both.
measure_expiry()
{
	local customers=$((LOTS / LOTS_EACH)) copy run=0
	local update='SET remaining = 0, expired = points'

	note "writing $LOTS lots of $customers customers"
	jobs_database expiry
	in_halves expiry $customers bench.register ''
	in_halves expiry $customers bench.rounds \
		"$LOTS_EACH, date_trunc('month', now()) - interval '20 months', interval '1 day'"
	for copy in lots_before lots_after; do fill expiry -c "CALL bench.copy_lots('$copy')"; done
	settle expiry
	for copy in lots_before lots_after; do
		if [[ $copy == lots_after ]]; then
			timed expiry ours 1 "$LOTS" expiry "CALL loyalty.expire_points('jobs')"
			sql -d expiry -c CHECKPOINT
		fi
		timed expiry baseline $((run += 1)) "$LOTS" expiry "UPDATE bench.$copy $update"
		sql -d expiry -c CHECKPOINT
	done
	expect expiry 'expired lots' "$LOTS" \
		'SELECT count(*) FROM loyalty.points_lot WHERE expired = points AND remaining = 0'
	dropdb expiry
}

# ---------------------------------------------------------------- verification

# The baseline reads what the verifier reads of the entries: all of them, in the order of the key and by its index,
# since the verifier, too, must have one customer's rows together; and every column, which a hash of the row looks at
# without making text of it. OFFSET 0 keeps the order from being optimised away, as it does not matter to the count.
# Events, lots, movements, hashes and judging are what the verifier does besides, so they are not in it.
measure_verify()
{
	local customers=$((ENTRIES / ENTRIES_EACH)) run
	local read="SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off;
		SELECT count(hash_record_extended(e, 0)) FROM (SELECT e FROM loyalty.ledger_entry e
			WHERE e.org_id = (SELECT o.org_id FROM loyalty.org o)
			ORDER BY e.org_id, e.customer_id, e.program_id, e.category, e.entry_no OFFSET 0) r"

	note "writing $ENTRIES entries of $customers customers"
	jobs_database verify
	in_halves verify $customers bench.register ''
	# Registration wrote an entry in each of three categories.
	in_halves verify $customers bench.rounds \
		"$((ENTRIES_EACH - 3)), now() - interval '300 days', interval '2 days', redeem_every => 3"
	settle verify
	expect verify entries "$ENTRIES" 'SELECT count(*) FROM loyalty.ledger_entry'
	# Both read whatever the other has brought into memory; which is first changes with each run.
	for ((run = 1; run <= 3; run++)); do
		((run % 2 == 0)) || timed verify baseline "$run" "$ENTRIES" verify "$read"
		timed verify ours "$run" "$ENTRIES" verify "SELECT * FROM loyalty.verify_ledger('jobs')"
		((run % 2 == 1)) || timed verify baseline "$run" "$ENTRIES" verify "$read"
	done
	expect_clean verify
	dropdb verify
}
