/* nodes_store.h: what the catalogues of Citus say, where it is installed. */
#ifndef LOYALTY_NODES_STORE_H
#define LOYALTY_NODES_STORE_H

/* Tables of ours that Citus has distributed or copied, as a list; NULL: none. */
extern const char *loyalty_distributed_tables(void);

/* Whether this server is one that a coordinator sends work to. */
extern bool loyalty_is_worker(void);

#endif
