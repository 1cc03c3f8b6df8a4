/* references.h: the tables of all capabilities, and which columns name rows of which of them. */
#ifndef LOYALTY_ALL_REFERENCES_H
#define LOYALTY_ALL_REFERENCES_H

/* Fills the catalogue of org/references.h; called once at load. */
extern void loyalty_references_init(void);

#endif
