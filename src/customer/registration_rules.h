/*
 * registration_rules.h: whom a registration concerns and what becomes of it. Sees only the configuration, the
 * incoming identifiers, and for each key its owner. Knows no server.
 */
#ifndef LOYALTY_REGISTRATION_RULES_H
#define LOYALTY_REGISTRATION_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "customer/identity_rules.h"

#define REGISTRATION_NOBODY (-1) /* stands for the index of an owner */

typedef struct RegistrationConfig
{
	IdentifierType primary;
	bool any_identifier;   /* registrations may come without the primary, */
	bool primary_required; /* which this forbids again */
	bool required[IDENTIFIER_TYPE_COUNT];
	bool email_unique;
} RegistrationConfig;

typedef struct RegistrationOwner
{
	int64_t customer_id;
	int64_t registered_on;
	bool loyalty;							 /* false: non_loyalty */
	const char *held[IDENTIFIER_TYPE_COUNT]; /* its identifiers in normal form; NULL: none of that type */
} RegistrationOwner;

typedef struct RegistrationCase
{
	RegistrationConfig config;
	bool loyalty;								 /* asks for a loyalty customer */
	const char *incoming[IDENTIFIER_TYPE_COUNT]; /* in normal form; NULL: not given */
	int owner[IDENTIFIER_TYPE_COUNT]; /* of an incoming key: index into owners, or REGISTRATION_NOBODY */
	int owner_count;
	RegistrationOwner owners[IDENTIFIER_TYPE_COUNT]; /* each once, ascending by id */
} RegistrationCase;

/* The row of the decision table in docs/customer.md that decided. */
typedef enum RegistrationRow
{
	REGISTRATION_ROW_NONE = 0, /* no row that is built fits */
	REGISTRATION_ROW_CREATE = 1,
	REGISTRATION_ROW_UPDATE = 2,
} RegistrationRow;

typedef enum RegistrationOutcome
{
	REGISTRATION_CREATED,
	REGISTRATION_UPDATED,
	REGISTRATION_CONFLICT,		/* an error: the identifiers belong to different customers */
	REGISTRATION_TYPE_CONFLICT, /* an error: non_loyalty asked for a loyalty customer */
} RegistrationOutcome;

/* What becomes of an incoming identifier. */
typedef enum IdentifierAction
{
	IDENTIFIER_NOT_GIVEN,
	IDENTIFIER_ATTACHED,  /* the customer lacked that type */
	IDENTIFIER_UNCHANGED, /* it has this very one */
	IDENTIFIER_KEPT,	  /* it has another one, which stays */
} IdentifierAction;

typedef struct RegistrationDecision
{
	RegistrationRow row;
	RegistrationOutcome outcome;
	int customer; /* whom an update concerns; otherwise REGISTRATION_NOBODY */
	bool enrols;  /* makes a loyalty customer of nobody or of a non_loyalty one */
	IdentifierAction actions[IDENTIFIER_TYPE_COUNT];
	bool claims[IDENTIFIER_TYPE_COUNT]; /* the incoming key has no owner yet and gets one */
} RegistrationDecision;

/* Whether identifiers of a type are keys under a configuration. */
extern bool loyalty_registration_is_key(const RegistrationConfig *config, IdentifierType type);

/*
 * Whether a registration lacks an identifier that the configuration requires; "missing" is its type, or
 * IDENTIFIER_TYPE_COUNT where any key would do.
 */
extern bool loyalty_registration_lacks(const RegistrationConfig *config, const bool *given,
									   IdentifierType *missing);

/* Decides. */
extern RegistrationDecision loyalty_registration_decide(const RegistrationCase *facts);

#endif
