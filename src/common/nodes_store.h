/* nodes_store.h: the catalogues of Citus, where it is installed. */
#ifndef LOYALTY_NODES_STORE_H
#define LOYALTY_NODES_STORE_H

/* Tables of ours that Citus has distributed or copied, as a list; NULL: none. */
extern const char *loyalty_distributed_tables(void);

/* Tells whether a coordinator sends work to this server. */
extern bool loyalty_is_worker(void);

#endif
