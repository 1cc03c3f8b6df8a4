/*
 * verify_lot_rules.c: lots as their movements and changes of expiry make them, and the order of accounts and entries
 * in which the walk over the entries meets all three.
 *
 * Two orders are needed. By lot id, in which tables are read, each movement and change finds its lot in one pass, and
 * the lot is made anew from its award by applying them. By account and entry number, into which they are sorted then,
 * the walk over the entries meets the parts of each entry side by side. So all parts of a customer are judged in the
 * time of a sort.
 *
 * Pure: nothing is read, and no memory is taken but that of the books.
 */
#include "common/compare.h"
#include "ledger/verify/verify_lot_rules.h"
#include "ledger/verify/verify_report_rules.h"

#include <inttypes.h>
#include <stdlib.h>

/*
 * Compares categories by their bytes without sign, as the "char" of PostgreSQL sorts: a code that was tampered with
 * may be beyond 127.
 */
int
loyalty_compare_accounts(int32_t program, Category category, int32_t other_program, Category other_category)
{
	if (program != other_program)
		return loyalty_compare_int64(program, other_program);
	return (int) (unsigned char) category - (int) (unsigned char) other_category;
}

/* Compares a lot's account and the number of an entry with those of another. */
static int
compare_places(const Lot *lot, int32_t entry_no, const Lot *other, int32_t other_no)
{
	int side = loyalty_compare_accounts(lot->program_id, lot->category, other->program_id, other->category);

	return side ? side : loyalty_compare_int64(entry_no, other_no);
}

/* Compares lots by the entry that brought them, then by id, as hashes cover them. */
static int
compare_lots(const void *left, const void *right)
{
	const Lot *a = &(*(BookLot *const *) left)->lot;
	const Lot *b = &(*(BookLot *const *) right)->lot;
	int side = compare_places(a, a->entry_no, b, b->entry_no);

	return side ? side : loyalty_compare_int64(a->lot_id, b->lot_id);
}

/*
 * Compares movements by their entry, then by lot and type. Movements without a lot, which have no account, come last.
 */
static int
compare_movements(const void *left, const void *right)
{
	const BookMovement *a = left;
	const BookMovement *b = right;
	int side;

	if (!a->lot || !b->lot)
		return (a->lot == NULL) - (b->lot == NULL);
	side = compare_places(&a->lot->lot, a->movement.entry_no, &b->lot->lot, b->movement.entry_no);
	if (side == 0)
		side = loyalty_compare_int64(a->movement.lot_id, b->movement.lot_id);
	return side ? side : (int) a->movement.movement_type - (int) b->movement.movement_type;
}

/* Compares changes of expiry in the same way. */
static int
compare_changes(const void *left, const void *right)
{
	const BookChange *a = left;
	const BookChange *b = right;
	int side;

	if (!a->lot || !b->lot)
		return (a->lot == NULL) - (b->lot == NULL);
	side = compare_places(&a->lot->lot, a->change.entry_no, &b->lot->lot, b->change.entry_no);
	return side ? side : loyalty_compare_int64(a->change.lot_id, b->change.lot_id);
}

/*
 * Finds the lot of an id, looking from a place in their order on; both go up together, so that no search starts anew.
 */
static BookLot *
lot_from(Books *books, int *place, int64_t lot_id)
{
	while (*place < books->lot_count && books->lots[*place].lot.lot_id < lot_id)
		(*place)++;
	if (*place == books->lot_count || books->lots[*place].lot.lot_id != lot_id)
		return NULL;
	return &books->lots[*place];
}

/* Makes a lot as it was awarded: all of its points remain, and its expiry is the one that no change has touched. */
static void
restore_lot(BookLot *book)
{
	book->moved = (Lot){ .points = book->lot.points, .remaining = book->lot.points };
	book->first_expires_at = book->latest_expires_at = book->lot.expires_at;
	book->moved_strangely = false;
}

/* Moves points of a lot between its columns, which may go below zero: the comparison with the row tells. */
static void
apply_movement(BookLot *book, const Movement *movement)
{
	int64_t *from;
	int64_t *to;

	if (!loyalty_movement_columns(&book->moved, movement->movement_type, &from, &to))
	{
		book->moved_strangely = true;
		return;
	}
	*from = loyalty_points_sum(*from, -movement->points);
	*to = loyalty_points_sum(*to, movement->points);
}

/* Applies a change of expiry. Each begins where the one before ended; the first one tells what the award said. */
static void
apply_change(const Books *books, const Auditor *auditor, BookChange *book, bool is_first)
{
	const ExpiryChange *change = &book->change;

	if (is_first)
		book->lot->first_expires_at = change->old_expires_at;
	else if (book->lot->latest_expires_at != change->old_expires_at)
		loyalty_diverges(books, auditor, INVARIANT_EXPIRY,
						 "lot %" PRId64 ": the change of entry %d does not begin where the one before ended",
						 change->lot_id, change->entry_no);
	book->lot->latest_expires_at = change->new_expires_at;
}

/*
 * Applies all movements, then all changes, each in the order of lot ids. A part whose lot is not there keeps NULL, and
 * is reported where the walk has no entry for it.
 */
void
loyalty_lots_follow_parts(Books *books, const Auditor *auditor)
{
	int place = 0;
	int i;

	for (i = 0; i < books->lot_count; i++)
	{
		restore_lot(&books->lots[i]);
		books->lot_order[i] = &books->lots[i];
	}
	for (i = 0; i < books->movement_count; i++)
	{
		BookMovement *book = &books->movements[i];

		book->lot = lot_from(books, &place, book->movement.lot_id);
		if (book->lot)
			apply_movement(book->lot, &book->movement);
	}
	place = 0;
	for (i = 0; i < books->change_count; i++)
	{
		BookChange *book = &books->changes[i];

		book->lot = lot_from(books, &place, book->change.lot_id);
		if (book->lot)
			apply_change(books, auditor, book, i == 0 || books->changes[i - 1].lot != book->lot);
	}
}

/* Tells whether two lots have the same points in every column. */
static bool
same_columns(const Lot *a, const Lot *b)
{
	return a->remaining == b->remaining && a->redeemed == b->redeemed && a->expired == b->expired &&
		   a->returned == b->returned && a->transferred == b->transferred && a->merged == b->merged &&
		   a->converted == b->converted && a->adjusted == b->adjusted && a->arrears_paid == b->arrears_paid;
}

/*
 * Reports lots whose columns are not what the movements make of them, and lots whose expiry is not that of the last
 * change. Of columns that follow from movements, the sum is that of the award without being asked.
 */
void
loyalty_lots_judge(const Books *books, const Auditor *auditor)
{
	char has[POINTS_SIZE];
	char moved[POINTS_SIZE];
	int i;

	for (i = 0; i < books->lot_count; i++)
	{
		const BookLot *book = &books->lots[i];
		const Lot *lot = &book->lot;

		if (book->moved_strangely || lot->remaining < 0 || book->is_open != (book->moved.remaining > 0) ||
			!same_columns(lot, &book->moved))
			loyalty_diverges(books, auditor, INVARIANT_LOT_COLUMNS,
							 "lot %" PRId64 ": remaining %s, by its movements %s, or another column differs",
							 lot->lot_id, loyalty_exact_points(lot->remaining, has),
							 loyalty_exact_points(book->moved.remaining, moved));
		if (lot->expires_at != book->latest_expires_at)
			loyalty_diverges(books, auditor, INVARIANT_EXPIRY,
							 "lot %" PRId64 ": its expiry is not what its last change says", lot->lot_id);
	}
}

/* Sorts all three; a list without members may be NULL, which qsort must not see. */
void
loyalty_parts_sort(Books *books)
{
	if (books->lot_count > 0)
		qsort(books->lot_order, books->lot_count, sizeof(BookLot *), compare_lots);
	if (books->movement_count > 0)
		qsort(books->movements, books->movement_count, sizeof(BookMovement), compare_movements);
	if (books->change_count > 0)
		qsort(books->changes, books->change_count, sizeof(BookChange), compare_changes);
}
