/*
 * nodes.h: the extension where one database has several servers. Citus makes such databases; without it there is one
 * server.
 */
#ifndef LOYALTY_NODES_H
#define LOYALTY_NODES_H

/* The caller of each of these is connected to SPI. */

/* Raises LY022 where a table of ours is distributed. Until that is supported, it would corrupt data in silence. */
extern void loyalty_nodes_require_one(void);

/* Raises LY023 on a server that is a worker: sequences without a node's part of the id count on the coordinator alone. */
extern void loyalty_nodes_require_coordinator(void);

/* Returns the state in words, for operators: "one server", or what is wrong. */
extern const char *loyalty_nodes_state(void);

#endif
