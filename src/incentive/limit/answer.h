/* answer.h: numbers of a first answer that stand with its request, for the repeat: what else it had is in rows that never change. */
#ifndef LOYALTY_ANSWER_H
#define LOYALTY_ANSWER_H

#include "postgres.h"

#include "utils/jsonb.h"

/* Makes a document of one number. */
extern Jsonb *loyalty_answer_of_number(const char *key, int64 number);

/* Reads a number of a document (NULL: none); "otherwise" where it has none of that key. */
extern int64 loyalty_answer_number(const Jsonb *answer, const char *key, int64 otherwise);

#endif
