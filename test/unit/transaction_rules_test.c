/*
 * transaction_rules_test.c: the bytes under a bill's hash: each column of a bill and of a line gives other bytes, and a text
 * that is missing is not an empty one.
 */
#include <string.h>

#include "bill/transaction_rules.h"
#include "tap.h"

/* A sink that keeps what it is given. */
typedef struct Bytes
{
	unsigned char bytes[1024];
	size_t size;
} Bytes;

static void
keep(void *sink, const void *bytes, size_t size)
{
	Bytes *kept = sink;

	memcpy(kept->bytes + kept->size, bytes, size);
	kept->size += size;
}

static bool
same_bytes(const Bytes *left, const Bytes *right)
{
	return left->size == right->size && memcmp(left->bytes, right->bytes, left->size) == 0;
}

static Bytes
of_bill(const Transaction *bill)
{
	Bytes bytes = { .size = 0 };

	loyalty_chain_bill(keep, &bytes, bill);
	return bytes;
}

static Bytes
of_line(const TransactionLine *line, int place)
{
	Bytes bytes = { .size = 0 };

	loyalty_chain_line(keep, &bytes, line, place);
	return bytes;
}

/* Changes a column, and asks whether the bytes are others. */
#define COVERS(type, function, example, column, value) \
	do \
	{ \
		type changed = (example); \
		Bytes before = function; \
		Bytes after; \
		changed.column = (value); \
		example = changed; \
		after = function; \
		ok(!same_bytes(&before, &after), "the hash covers " #column); \
	} while (0)

static void
test_bill(void)
{
	Transaction bill = { .transaction_id = 1, .type = TRANSACTION_REGULAR, .number = "N" };

#define BILL(column, value) COVERS(Transaction, of_bill(&bill), bill, column, value)
	BILL(transaction_id, 2);
	BILL(event_time, 3);
	BILL(recorded_at, 4);
	BILL(till_id, 5);
	BILL(store_id, 6);
	BILL(program_id, 7);
	BILL(source_id, 8);
	BILL(type, TRANSACTION_RETURN);
	BILL(outlier_status, OUTLIER_FRAUD);
	BILL(counts, COUNTS_NOT);
	BILL(return_kind, 'w');
	BILL(amount, 9);
	BILL(discount, 10);
	BILL(parent_customer_id, 11);
	BILL(parent_id, 12);
	BILL(number, "M");
	BILL(number, "");
	BILL(number, NULL);
}

static void
test_line(void)
{
	TransactionLine line = { .item_code = "x" };
	Bytes first;
	Bytes named;

#define LINE(column, value) COVERS(TransactionLine, of_line(&line, 0), line, column, value)
	LINE(quantity, 1);
	LINE(amount, 2);
	LINE(discount, 3);
	LINE(item_code, "y");
	LINE(line_no, 4);
	first = of_line(&(TransactionLine){ .item_code = "x" }, 2);
	named = of_line(&(TransactionLine){ .item_code = "x", .line_no = 3 }, 0);
	ok(same_bytes(&first, &named), "a line without a number has that of its place");
	ok(loyalty_line_no(&(TransactionLine){ .line_no = 7 }, 0) == 7, "its own comes first");
}

int
main(void)
{
	plan(25);
	test_bill();
	test_line();
	return tap_exit();
}
