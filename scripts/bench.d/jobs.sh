# shellcheck shell=bash
# The rows of scripts/bench that measure jobs over many rows, each in a database of its own: transactions, expiry, verify,
# export, memory. They append to RESULTS
#     time NAME PART RUN SECONDS ROWS     PART is "ours" or "baseline"
#     memory JOB ROWS KILOBYTES

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
	local update='SET is_open = false, remaining = 0, expired = points'

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
		'SELECT count(*) FROM loyalty_data.points_lot WHERE expired = points AND remaining = 0'
	dropdb expiry
}

# ---------------------------------------------------------------- verification

# The baseline reads what the verifier reads of the entries: all of them, in the order of the key and by its index,
# since the verifier, too, must have one customer's rows together; and every column, which a hash of the row looks at
# without making text of it. OFFSET 0 keeps the order from being optimised away, as it does not matter to the count.
# One process reads, as one verifies. Events, lots, movements, hashes and judging are what the verifier does besides, so
# they are not in it.
measure_verify()
{
	local customers=$((ENTRIES / ENTRIES_EACH)) run
	local read="SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off;
		SET max_parallel_workers_per_gather = 0;
		SELECT count(hash_record_extended(e, 0)) FROM (SELECT e FROM loyalty_data.ledger_entry e
			WHERE e.org_id = (SELECT o.org_id FROM loyalty_data.org o)
			ORDER BY e.org_id, e.customer_id, e.program_id, e.category, e.entry_no OFFSET 0) r"

	note "writing $ENTRIES entries of $customers customers"
	jobs_database verify
	in_halves verify $customers bench.register ''
	# Registration wrote an entry in each of three categories.
	in_halves verify $customers bench.rounds \
		"$((ENTRIES_EACH - 3)), now() - interval '300 days', interval '2 days', redeem_every => 3"
	settle verify
	expect verify entries "$ENTRIES" 'SELECT count(*) FROM loyalty_data.ledger_entry'
	# Both read whatever the other has brought into memory; which is first changes with each run.
	for ((run = 1; run <= 3; run++)); do
		((run % 2 == 0)) || timed verify baseline "$run" "$ENTRIES" verify "$read"
		timed verify ours "$run" "$ENTRIES" verify "SELECT * FROM loyalty.verify_ledger('jobs')"
		((run % 2 == 1)) || timed verify baseline "$run" "$ENTRIES" verify "$read"
	done
	expect_clean verify
	dropdb verify
}

# ---------------------------------------------------------------- promo codes

# Codes are made as they are read, and read as an application would: one after the other, by COPY. The baseline makes as many
# numbers and their texts.
measure_export()
{
	local run

	jobs_database export
	sql -d export -c "SELECT loyalty.create_promotion('jobs', 'promo', 'Promo', '{\"type\": \"percent\", \"value\": 10}', trigger => 'code')" \
		-c "SELECT loyalty.generate_codes('jobs', 'promo', $CODES, prefix => 'P-', check_symbol => true, length => 11)" >/dev/null
	expect export batches 1 'SELECT count(*) FROM loyalty.promo_code_batches'
	for ((run = 1; run <= 3; run++)); do
		timed export baseline "$run" "$CODES" export "COPY (SELECT generate_series(1, $CODES)::text) TO '/dev/null'"
		timed export ours "$run" "$CODES" export "COPY (SELECT loyalty.export_codes('jobs', 'promo', 1)) TO '/dev/null'"
	done
	dropdb export
}

# ---------------------------------------------------------------- memory

# peak_memory JOB ROWS STATEMENT: appends the most private memory that the backend had which ran it. RssAnon is what the
# kernel counts of pages that no other process has, so shared buffers are not in it; it is looked at fifty times a second,
# and once more before the backend ends. Sorts and hashes take up to work_mem, which is set so low that the smaller books
# fill it as well: what differs then is what grows with the rows.
peak_memory()
{
	local job=$1 rows=$2 statement=$3 session pid='' peak=0 key value

	PGAPPNAME=bench_memory PGOPTIONS='-c synchronous_commit=off -c client_min_messages=warning -c work_mem=1MB' \
		sql -d memory -c 'SELECT pg_sleep(0.5)' -c "$statement" -c 'SELECT pg_sleep(0.2)' >/dev/null &
	session=$!
	while [[ -z $pid ]] && kill -0 $session 2>/dev/null; do
		pid=$(sql -c "SELECT pid FROM pg_stat_activity WHERE application_name = 'bench_memory'")
	done
	while [[ -r /proc/$pid/status ]]; do
		while read -r key value _; do
			if [[ $key == RssAnon: ]] && ((value > peak)); then peak=$value; fi
		done 2>/dev/null <"/proc/$pid/status" || break
		sleep 0.02
	done
	wait $session || die "$job failed"
	printf 'memory\t%s\t%s\t%s\n' "$job" "$rows" "$peak" >>"$RESULTS"
	note "$job of $rows rows: $peak kB"
}

# One set of books for all jobs: bills of one month 20 months ago, whose points are due by now, and as many promised
# points of a second program, which do not expire, whose date has come. Bills are spread evenly: a job holds the lots of one
# customer at a time, and the best of a hundred thousand customers has thrice as many as the best of ten thousand.
measure_memory()
{
	local rows customers

	for rows in $((MEMORY_ROWS / 10)) "$MEMORY_ROWS"; do
		customers=$((rows / 10))
		note "$rows bills to load"
		jobs_database memory
		fill memory -c "CALL bench.make_bills($rows, $customers,
			(date_trunc('month', now()) - interval '20 months')::date, 28, skew => 1)"
		number_bills memory
		peak_memory load_transactions "$rows" "CALL loyalty.load_transactions('jobs', 'bench.bill')"
		note "$rows promised awards"
		fill memory -c "SELECT loyalty.create_program('jobs', 'later', 'Later')" >/dev/null
		fill memory -c 'INSERT INTO bench.customer
			SELECT row_number() OVER (ORDER BY c.customer_id), c.customer_id FROM loyalty_data.customer c'
		in_halves memory $customers bench.rounds \
			"10, now() - interval '20 days', interval '1 hour', program => 'later', category => 'promised'"
		settle memory
		peak_memory verify_ledger "$rows" "SELECT * FROM loyalty.verify_ledger('jobs')"
		peak_memory close_day "$rows" "CALL loyalty.close_day('jobs')"
		peak_memory convert_promised_points "$rows" "CALL loyalty.convert_promised_points('jobs')"
		peak_memory expire_points "$rows" "CALL loyalty.expire_points('jobs')"
		expect memory 'converted lots' "$rows" 'SELECT count(*) FROM loyalty_data.points_lot WHERE converted = points'
		expect memory 'expired lots' "$rows" 'SELECT count(*) FROM loyalty_data.points_lot WHERE expired = points'
		expect memory 'sealed days' 1 'SELECT count(*) FROM loyalty_data.day_seal'
		expect_clean memory
		dropdb memory
	done
}
