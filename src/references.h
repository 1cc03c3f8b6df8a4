/* references.h: the tables of all capabilities, and the rows that their columns name. */
#ifndef LOYALTY_ALL_REFERENCES_H
#define LOYALTY_ALL_REFERENCES_H

/* Fills the catalogue of org/references.h; called once at load. */
extern void loyalty_references_init(void);

#endif
