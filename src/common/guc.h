/* guc.h: the settings loyalty.*; their meaning stands above each variable in guc.c. */
#ifndef LOYALTY_GUC_H
#define LOYALTY_GUC_H

#include "datatype/timestamp.h"

/* The settings; only the server and the hooks of guc.c write them. */
extern bool loyalty_clock_is_set;
extern TimestampTz loyalty_clock_value;
extern bool loyalty_direct_rows;
extern bool loyalty_follow_merges;
extern char *loyalty_key_file;
extern int loyalty_key_file_generation;
extern int loyalty_node_id;
extern bool loyalty_plan_by_key;

/* Defines them; called once at load. */
extern void loyalty_guc_init(void);

#endif
