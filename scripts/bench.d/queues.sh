# shellcheck shell=bash
# The rows outbox and codes of scripts/bench: what is sent, taken and acknowledged by workers, in a cluster of its own with a
# key file, since the texts of codes are sealed. Its database queue has our messages, the same on a table as one would
# write it by hand, and pgmq where that is installed; queue_deep has a million promotional messages that wait.

QUEUES_CUSTOMERS=1000
HAS_PGMQ=''							# not empty: it is installed

# Puts QUEUES_BASE and QUEUES_STRIDE, by which pgbench finds the customers.
prepare_queues()
{
	local keys=$LOYALTY_WORK/files/queues.keys
	local PGHOST=$PGHOST

	note "customers who get messages, and $DEEP promotional messages that wait"
	(umask 077 && printf '1 %s\n' "$(printf 'a1%.0s' {1..32})" >"$keys")
	cluster_start queues "${SETTINGS[@]}"
	createdb queue
	sql -d queue -v earners=$QUEUES_CUSTOMERS -v owners=0 -v readers=0 -f scripts/bench.d/setup.sql
	# Only now, since the first use of a key takes an id between those of customers.
	echo "loyalty.key_file = '$keys'" >>"$LOYALTY_WORK/queues/data/postgresql.conf"
	pg_ctl -D "$LOYALTY_WORK/queues/data" -l "$LOYALTY_WORK/queues/log" -w restart >/dev/null
	if [[ $(sql -c "SELECT count(*) FROM pg_available_extensions WHERE name = 'pgmq'") == 1 ]]; then
		HAS_PGMQ=yes
		sql -d queue -c 'CREATE EXTENSION pgmq' -c "SELECT pgmq.create('bench')" -c 'GRANT USAGE ON SCHEMA pgmq TO bench' \
			-c 'GRANT ALL ON ALL TABLES IN SCHEMA pgmq TO bench' -c 'GRANT ALL ON ALL SEQUENCES IN SCHEMA pgmq TO bench' >/dev/null
	fi
	sql -d queue -f scripts/bench.d/queues.sql
	if wanted codes; then
		createdb -T queue queue_deep
		PGOPTIONS='-c synchronous_commit=off' sql -d queue_deep -c "CALL bench.promote($DEEP)" -c 'VACUUM (ANALYZE)'
	fi
	sql -d queue -c 'VACUUM (ANALYZE)' -c CHECKPOINT
	read -r QUEUES_BASE QUEUES_STRIDE < <(sql -d queue -F ' ' -c "SELECT a.customer_id, b.customer_id - a.customer_id
		FROM bench.customer a, bench.customer b WHERE a.n = 0 AND b.n = 1")
}

# The names of what is measured, for turns.
queue_names()
{
	! wanted outbox || printf '%s\n' queue_ours queue_plain
	! wanted outbox || [[ -z $HAS_PGMQ ]] || printf '%s\n' queue_pgmq
	! wanted codes || printf '%s\n' codes_alone codes_deep
}
