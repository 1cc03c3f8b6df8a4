/*
 * pg_compat.h: the one place that knows differences between server versions. Wrappers take what our calls need,
 * whatever else a version asks for.
 */
#ifndef LOYALTY_PG_COMPAT_H
#define LOYALTY_PG_COMPAT_H

#include "postgres.h"

/*
 * Before 15.3 (CVE-2023-2454), CREATE SCHEMA with elements inside a function put a path in front of the one that the frame of
 * a call pins, and a caller's objects were found before PostgreSQL's own.
 */
#define LOYALTY_OLDEST_SERVER 150003
#define LOYALTY_OLDEST_SERVER_TEXT "15.3"

#if PG_VERSION_NUM < LOYALTY_OLDEST_SERVER
#error "loyalty needs PostgreSQL 15.3 or newer"
#endif

/* 16 moved the macros of values of variable length out of postgres.h. */
#if PG_VERSION_NUM >= 160000
#include "access/tableam.h"
#include "varatt.h"
#endif

/* 16 exports what is marked (commit 089480c07705); before, the mark was empty where every symbol was visible. */
#if PG_VERSION_NUM < 160000
#undef PGDLLEXPORT
#define PGDLLEXPORT __attribute__((visibility("default")))
#endif

/* A function that SQL calls. The library hides every other symbol. */
#define LOYALTY_FUNCTION(name) \
	PGDLLEXPORT Datum name(PG_FUNCTION_ARGS); \
	PG_FUNCTION_INFO_V1(name)

/* A function that does not come back: 18 has the mark in front of the declaration, and no other. */
#if PG_VERSION_NUM < 180000
#define pg_noreturn __attribute__((noreturn))
#endif

/* Memory that a check hook leaves in "extra": 16 keeps settings in a memory context of their own. */
#if PG_VERSION_NUM < 160000
#define guc_malloc(elevel, size) malloc(size)
#endif

/* 18 counts what index scans do for EXPLAIN. */
#if PG_VERSION_NUM >= 180000
#define loyalty_index_beginscan(heap, index, snapshot, keys) \
	index_beginscan(heap, index, snapshot, NULL, keys, 0)
#else
#define loyalty_index_beginscan(heap, index, snapshot, keys) index_beginscan(heap, index, snapshot, keys, 0)
#endif

/* 16 tells indexes that only sum up pages, which an update in place may touch, from the others. */
#if PG_VERSION_NUM >= 160000
typedef TU_UpdateIndexes LoyaltyIndexesToUpdate;
#define loyalty_touches_index(touched, info) \
	((touched) == TU_All || ((touched) == TU_Summarizing && (info)->ii_Summarizing))
#else
typedef bool LoyaltyIndexesToUpdate;
#define loyalty_touches_index(touched, info) (touched)
#endif

/* 17 lets an index keep something from one row to the next, and frees it at the end. */
#if PG_VERSION_NUM >= 170000
#define loyalty_index_insert_cleanup(index, info) index_insert_cleanup(index, info)
#else
#define loyalty_index_insert_cleanup(index, info) ((void) 0)
#endif

#endif
