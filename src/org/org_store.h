/*
 * org_store.h: an org with its reference data, cached per backend, and its tables. A cached org stays valid
 * until the call that got it ends, or the transaction, whatever changes meanwhile. Nobody writes to it but for
 * the two members at its end.
 */
#ifndef LOYALTY_ORG_STORE_H
#define LOYALTY_ORG_STORE_H

#include "postgres.h"

#include "common/clock.h"
#include "common/query.h"
#include "common/refusal.h"
#include "org/config_rules.h"
#include "org/limit_rules.h"
#include "org/program_rules.h"

/* A program with its rules; ids of programs come from one sequence for all orgs. */
typedef struct LoyaltyProgram
{
	int32 program_id;
	char *program;
	bool is_default; /* of the org; it has one as soon as it has a program */
	bool
		asks_participation; /* who takes part in it is told by participations, and not by having an account */
	ProgramRules rules;
	RedemptionRules redemption;
	TransferRules transfer;
} LoyaltyProgram;

/* A store, by which tills are grouped. */
typedef struct LoyaltyStore
{
	int32 store_id;
	char *store;
} LoyaltyStore;

/* A till, which stands in one store. */
typedef struct LoyaltyTill
{
	int32 till_id;
	int32 store_id;
	int32 program_id; /* 0: none */
	char *till;
} LoyaltyTill;

/* Labels of statuses, which the capability of statuses keeps with an org. Its struct is there. */
typedef struct LoyaltyStatusLabels LoyaltyStatusLabels;

/* Rules of participation, which that capability keeps with an org. */
typedef struct LoyaltyParticipationRules LoyaltyParticipationRules;

/* Subscribers of events, which that capability keeps with an org. */
typedef struct LoyaltySubscribers LoyaltySubscribers;

/* Rules of one-time codes, which that capability keeps with an org. */
typedef struct LoyaltyVerificationRules LoyaltyVerificationRules;

/* An org with all of its reference data, as one generation of the cache has it. */
typedef struct LoyaltyOrg
{
	int32 org_id;
	char *org;
	const char **countries; /* the base country, if there is one, then the supported ones in their order */
	int country_count;
	pg_tz *zone;					   /* dates of the org are of this zone */
	char *config[CONFIG_COUNT];		   /* the values in force; NULL: none */
	int64 config_number[CONFIG_COUNT]; /* the same as numbers (loyalty_config_number) */
	int program_count;
	LoyaltyProgram *programs; /* by id */
	int store_count;
	LoyaltyStore *stores; /* by code */
	int till_count;
	LoyaltyTill *tills; /* by code */
	const LoyaltyStatusLabels *status_labels;
	const LoyaltySubscribers *subscribers;				/* NULL: nobody subscribes to events */
	const LoyaltyParticipationRules *participation;		/* NULL: no program asks for participation */
	const LoyaltyVerificationRules *verification_rules; /* NULL: the defaults, and no proof is required */
	uint64 generation;									/* of the reference data that it was read from */
	int role_count;
	char **roles;	   /* that were granted the org */
	Oid checked_role;  /* the role whose access was judged last */
	bool role_allowed; /* and the judgement */
} LoyaltyOrg;

/* Functions of capabilities above that keep something with an org. Owned here, filled by loyalty.c. */
typedef struct LoyaltyOrgHooks
{
	/* Reads the labels of an org into the current memory context, under a snapshot taken now. */
	const LoyaltyStatusLabels *(*load_status)(int32 org_id);

	/* Reads those who subscribe to events in the same way; NULL: nobody does. */
	const LoyaltySubscribers *(*load_subscribers)(int32 org_id);

	/*
	 * Reads what programs ask of those who take part, and tells which of them ask at all (asks_participation); NULL: none
	 * does.
	 */
	const LoyaltyParticipationRules *(*load_participation)(LoyaltyOrg *org);

	/* Reads the rules of one-time codes in the same way; NULL: the org has set none. */
	const LoyaltyVerificationRules *(*load_verification)(int32 org_id);

	/* Says who of some orgs is late in taking events, and whose events are dead; NULL: nobody, and nothing is. */
	const char *(*subscribers_amiss)(const int32 *org_ids, int count);

	/* Names the channels of some orgs on which a message waits for a worker for long; NULL: none does. */
	const char *(*messages_late)(const int32 *org_ids, int count);

	/* Writes what every org begins with; called once for an org, in the transaction that makes it. */
	void (*after_create)(int32 org_id);
} LoyaltyOrgHooks;

extern LoyaltyOrgHooks loyalty_org_hooks;

/*
 * Returns the org of a code, or NULL. The caller runs as the owner, inside SPI and inside a call
 * (loyalty_org_enter). Whether the caller of the function may act in the org is not asked here. LY022 where
 * Citus has distributed our tables.
 */
extern LoyaltyOrg *loyalty_org_find(const char *org);

/* The word that stands for all programs where a call may name one; no program has it as its code, in any case. */
#define LOYALTY_ALL_PROGRAMS "ALL"

/*
 * Return an org's program (NULL: the default one), store, till, by code: LY007, LY005, LY006. A program by its
 * id, which comes from a row, must be there.
 */
extern const LoyaltyProgram *loyalty_org_program(const LoyaltyOrg *org, const char *program);
extern const LoyaltyProgram *loyalty_org_program_by_id(const LoyaltyOrg *org, int32 program_id);
extern const LoyaltyStore *loyalty_org_store(const LoyaltyOrg *org, const char *store);
extern const LoyaltyTill *loyalty_org_till(const LoyaltyOrg *org, const char *till);

/* Find the same for judgements, which may refuse with these codes. */
extern bool loyalty_org_named_program(const LoyaltyOrg *org, const char *program,
									  const LoyaltyProgram **found, LoyaltyRefusal *refusal);
extern bool loyalty_org_named_store(const LoyaltyOrg *org, const char *store, const LoyaltyStore **found,
									LoyaltyRefusal *refusal);
extern bool loyalty_org_named_till(const LoyaltyOrg *org, const char *till, const LoyaltyTill **found,
								   LoyaltyRefusal *refusal);

/* Returns a till by code; NULL where there is none. */
extern const LoyaltyTill *loyalty_org_find_till(const LoyaltyOrg *org, const char *till);

/*
 * Returns the id of the program that a reading call names; 0: no program or LOYALTY_ALL_PROGRAMS, which both
 * stand for all. LY007.
 */
extern int32 loyalty_org_read_program(const LoyaltyOrg *org, const char *program);

#define SOURCE_INSTORE 1 /* the source that every org takes calls from */

/* Return the id of a source by any spelling (E-COMMERCE is ECOMMERCE), 0 or LY008 for one that does not exist. */
extern int16 loyalty_source_find(const char *source);
extern int16 loyalty_source_id(const char *source);

/* Finds the source that a call comes from: LY008, or LY116 where the org takes none but INSTORE. */
extern bool loyalty_org_named_source(const LoyaltyOrg *org, const char *source, int16 *source_id,
									 LoyaltyRefusal *refusal);

/* Makes a source, which all orgs share; false where there is one of that word. */
extern bool loyalty_source_insert(int16 source_id, const char *source, bool needs_account);

/*
 * Returns the name of a source by its id, and whether its profiles need an account id. It lives as long as a
 * cached org.
 */
extern const char *loyalty_source_name(int16 source_id, bool *needs_account);

/*
 * Returns the ids of orgs that a role may see, ascending, in the current context. Sees what the caller's
 * statement sees.
 */
extern int32 *loyalty_org_visible(Oid role, int *count);

/* Tells whether a role may act in an org: superusers, and members of a role that was granted it. */
extern bool loyalty_org_allows(LoyaltyOrg *org, Oid role);

/* Open and close a call: while any is open, the orgs that it got stay. An abort closes what it leaves open. */
extern void loyalty_org_enter(void);
extern void loyalty_org_leave(void);

/* Hooks into the ends of transactions; called once at load. */
extern void loyalty_org_store_init(void);

/*
 * Locks an org's row against every other change of its reference data until the transaction ends; drops what is
 * cached of it, at the next command.
 */
extern void loyalty_org_lock(int32 org_id);

/* Returns the version of an extension that this database has, or NULL. */
extern const char *loyalty_extension_version(const char *extension);

/*
 * Write reference data; functions that insert return false where the code is taken. Countries, programs and
 * configuration need the org's lock, since they replace something that others may replace; the rest needs none.
 */
extern bool loyalty_org_insert(int32 org_id, const char *org, const char *name, const char *time_zone,
							   const char *base_country, TimestampTz now);
extern void loyalty_org_store_countries(int32 org_id, const char *base_country, Datum supported);
extern bool loyalty_store_insert(int32 org_id, int32 store_id, const char *store, const char *name);
extern bool loyalty_till_insert(int32 org_id, int32 till_id, const char *till, int32 store_id,
								int32 program_id);
extern bool loyalty_program_insert(int32 org_id, const LoyaltyProgram *program, const char *name,
								   bool has_value, bool has_date);
extern void loyalty_program_clear_default(int32 org_id);

/* Change what is there, under the org's lock; a name or zone that is NULL stays. Codes never change. */
extern void loyalty_org_update(int32 org_id, const char *name, const char *time_zone);
extern void loyalty_store_update(int32 org_id, int32 store_id, const char *name);
extern void loyalty_till_update(int32 org_id, const LoyaltyTill *till);
extern void loyalty_program_update(int32 org_id, const LoyaltyProgram *program, const char *name,
								   bool has_value, bool has_date);
extern void loyalty_config_store(int32 org_id, const char *key, const char *value);
extern void loyalty_config_clear(int32 org_id, const char *key);
extern void loyalty_access_store(int32 org_id, const char *role);
extern bool loyalty_access_clear(int32 org_id, const char *role); /* true: there was one */
extern int64 loyalty_org_count(void);

#endif
