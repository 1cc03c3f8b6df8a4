/*
 * transaction_rules.c: the bytes of a bill and of its lines that the hash of its event covers, in groups as those of
 * entries (chain_group.h). Whatever a row says is in them: what a bill cost, where and when it was made, what it counted
 * for and what it takes back. Its number is text: the group has its length, and the bytes follow.
 *
 * Writer and verifier share this one definition. Points of a line are no part of its row: they are lots.
 */
#include "bill/transaction_rules.h"

/* Counts from 1, as people do. */
int32_t
loyalty_line_no(const TransactionLine *line, int place)
{
	return line->line_no ? line->line_no : place + 1;
}

/* Passes the row of a bill. Its id and its customer are those of its event, which went before. */
void
loyalty_chain_bill(ChainSink to, void *sink, const Transaction *bill)
{
	ChainGroup group;

	chain_begin(&group, 'B');
	chain_number(&group, bill->transaction_id);
	chain_number(&group, bill->event_time);
	chain_number(&group, bill->recorded_at);
	chain_number(&group, bill->till_id);
	chain_number(&group, bill->store_id);
	chain_number(&group, bill->program_id);
	chain_number(&group, bill->source_id);
	chain_number(&group, bill->type);
	chain_number(&group, bill->outlier_status);
	chain_number(&group, bill->counts);
	chain_number(&group, bill->return_kind);
	chain_number(&group, bill->no_points);
	chain_number(&group, bill->amount);
	chain_number(&group, bill->discount);
	chain_number(&group, bill->parent_customer_id);
	chain_number(&group, bill->parent_id);
	chain_number(&group, chain_text_size(bill->number));
	chain_end(&group, to, sink);
	chain_text(bill->number, to, sink);
}

/* Passes the row of a line, but for its attributes, which an erasure takes. */
void
loyalty_chain_line(ChainSink to, void *sink, const TransactionLine *line, int place)
{
	ChainGroup group;

	chain_begin(&group, 'I');
	chain_number(&group, loyalty_line_no(line, place));
	chain_number(&group, line->quantity);
	chain_number(&group, line->amount);
	chain_number(&group, line->discount);
	chain_number(&group, chain_text_size(line->item_code));
	chain_end(&group, to, sink);
	chain_text(line->item_code, to, sink);
}
