/*
 * code.c: sending one-time codes.
 *
 * The customer is locked by the caller, then the row of the address, by whose hold two codes to one address wait for each other
 * also where nobody is registered; then everything that decides is read. The code is drawn, its digest kept, and its text goes into
 * a message, which seals it: nothing else has it. Times are those of the clock on the wall.
 *
 * Where nobody has an address, the same is done but for the code, which nobody gets: guesses at it are counted, and blocked, as
 * others are, so that no answer tells whom the org knows.
 */
#include "postgres.h"

#include "lib/stringinfo.h"

#include "common/args.h"
#include "common/clock.h"
#include "common/errors.h"
#include "common/secret_store.h"
#include "customer/reach.h"
#include "message/outbox/outbox.h"
#include "message/template/template_rules.h"
#include "verification/code.h"
#include "verification/code_digest.h"
#include "verification/setting_store.h"

LoyaltyCodeHooks loyalty_code_hooks;

/* Code on its way: what is known before anything is read, and what is found on the way. */
typedef struct SendingCode
{
	LoyaltyCall *call;
	const LoyaltyCodeRequest *request;
	CodeRules rules;
	TimestampTz now;
	CodeRow code;
	int64 earlier_message_id; /* that carries the code before; 0: there is none */
} SendingCode;

/* Returns the customer whom a message is of: nobody who is registered has none, and the message is the org's. */
static int64
message_customer(const CodeSubject *subject)
{
	return subject->customer == NULL ? 0 : subject->customer_id;
}

/* Raises LY704 while a run is full. */
static void
require_unblocked(const SendingCode *sending)
{
	JudgedRun latest;
	CodeState state = loyalty_run_state(sending->call, &sending->request->subject, sending->now, &latest);

	if (loyalty_code_is_blocked(&state, sending->now))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_CODE_BLOCKED),
						errmsg("too many wrong codes were entered, so none is sent for a while")));
}

/* Raises LY703. */
pg_noreturn static void
raise_too_soon(const char *why, int64 seconds)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_CODE_TOO_SOON), errmsg("%s", why),
					errdetail("The next one may be sent in " INT64_FORMAT " s.", seconds)));
}

/* Returns the seconds, rounded up, until the org's day ends. */
static int64
rest_of_day(const SendingCode *sending, DateADT day)
{
	TimestampTz end = loyalty_start_of_day(day + 1, sending->call->org->zone);

	return (end - sending->now + USECS_PER_SEC - 1) / USECS_PER_SEC;
}

/* Counts the code on its address, whose row it locks: LY703 for one too many. */
static void
count_on_address(SendingCode *sending)
{
	int32 org_id = sending->call->org->org_id;
	const CodeDigest *address = &sending->code.address;
	DateADT day = loyalty_local_date(sending->now, sending->call->org->zone);
	int32 sends = loyalty_code_address_lock(org_id, address, sending->now, day);

	if (!loyalty_code_day_has_room(&sending->rules, sends))
		raise_too_soon("the address has got as many codes as it may on one day", rest_of_day(sending, day));
	loyalty_code_address_count(org_id, address, sending->now, day, sends + 1);
}

/*
 * Numbers the code behind the one before: LY703 where that was sent a moment ago. The one before is void from then on, and its message,
 * if it waits still, is canceled.
 */
static void
follow_earlier(SendingCode *sending)
{
	const CodeSubject *subject = &sending->request->subject;
	CodeRow earlier;
	int64 wait;

	sending->code.code_no = 1;
	if (!loyalty_code_latest(sending->call->org->org_id, subject->customer_id, subject->purpose, &earlier))
		return;
	wait = loyalty_code_resend_wait(&sending->rules, earlier.sent_at, sending->now);
	if (wait > 0)
		raise_too_soon("a code was sent a moment ago", wait);
	sending->code.code_no = earlier.code_no + 1;
	sending->earlier_message_id = earlier.message_id;
}

/* Adds a language and the same without its region; what is none, as a profile may have it, is left out. */
static void
add_languages(CodeLanguages *languages, const char *given)
{
	char language[TEMPLATE_LANGUAGE_BYTES];

	if (given == NULL || !loyalty_language_normal(given, language))
		return;
	languages->items[languages->count++] = pstrdup(language);
	language[strcspn(language, "_")] = '\0';
	languages->items[languages->count++] = pstrdup(language);
}

/*
 * Chooses the text: that of the purpose, in the customer's language or the org's, else that of the configuration, which is never
 * without one.
 */
static CodeTemplate
template_of(const SendingCode *sending)
{
	const LoyaltyCodeRequest *request = sending->request;
	char *const *config = sending->call->org->config;
	bool is_email = strcmp(request->channel, "email") == 0;
	int64 customer_id = message_customer(&request->subject);
	int32 org_id = sending->call->org->org_id;
	CodeLanguages languages = { .count = 0 };
	CodeTemplate text = { .channel = request->channel };

	if (customer_id != 0)
		add_languages(&languages, loyalty_reach_language(org_id, customer_id));
	add_languages(&languages, config[CONFIG_LANGUAGE]);
	if (!loyalty_code_template_find(org_id, request->subject.purpose, &languages, &text))
		text.body = config[is_email ? CONFIG_PIN_EMAIL : CONFIG_PIN_SMS];
	if (is_email && text.subject == NULL)
		text.subject = config[CONFIG_PIN_EMAIL_SUBJECT];
	return text;
}

/* Puts the code in the place of each mark. */
static char *
with_code(const char *body, const char *code)
{
	StringInfoData text;
	const char *mark;

	initStringInfo(&text);
	while ((mark = strstr(body, CODE_MARK)) != NULL)
	{
		appendBinaryStringInfo(&text, body, mark - body);
		appendStringInfoString(&text, code);
		body = mark + strlen(CODE_MARK);
	}
	appendStringInfoString(&text, body);
	return text.data;
}

/* Sends the message; one without an address is suppressed, and told of alike. */
static void
send_message(SendingCode *sending, const char *code)
{
	const LoyaltyCodeRequest *request = sending->request;
	CodeTemplate text = template_of(sending);
	char *body = with_code(text.body, code);
	LoyaltyMessageAnswer answer;
	LoyaltyMessageRequest message = {
		.customer = request->subject.customer,
		.purpose = PURPOSE_CODE,
		.text = { .channel = request->channel, .subject = text.subject, .body = body },
		.sender = request->sender,
		.valid_until = sending->code.expires_at,
		.address = request->address
	};

	if (sending->earlier_message_id != 0)
		(void) loyalty_message_cancel(sending->call, message_customer(&request->subject),
									  sending->earlier_message_id, "superseded");
	loyalty_message_send(sending->call, &message, &answer);
	sending->code.message_id = answer.message_id;
	sodium_memzero(body, strlen(body));
}

/*
 * Draws the code, sends it and keeps its digest. The text is wiped from the two places that it was put into here; the message has it
 * sealed by then.
 */
static void
make_code(SendingCode *sending)
{
	const CodeSubject *subject = &sending->request->subject;
	const CodeRules *rules = &sending->rules;
	CodeOf of = { sending->call->org->org_id, subject->customer_id, subject->purpose, sending->code.code_no };
	char *text =
		rules->letters ? loyalty_random_code(rules->code_length) : loyalty_random_digits(rules->code_length);

	if (!loyalty_code_digest(&of, sending->code.key_id, text, &sending->code.code))
		elog(ERROR, "the secret that is in use is gone");
	send_message(sending, text);
	sodium_memzero(text, strlen(text));
	if (!loyalty_code_insert(of.org_id, of.customer_id, of.purpose, &sending->code))
		elog(ERROR, "a code has the number of another one");
}

/* Fills what is known before anything is read. The address of nobody is digested as one: what was asked for. */
static void
begin(SendingCode *sending, LoyaltyCall *call, const LoyaltyCodeRequest *request)
{
	const char *address = request->address;

	memset(sending, 0, sizeof(SendingCode));
	sending->call = call;
	sending->request = request;
	sending->rules = loyalty_verification_rules(call->org, request->subject.purpose);
	sending->now = loyalty_wall_clock();
	if (sending->rules.binds_amount && !request->has_amount)
		loyalty_raise_missing("amount");
	if (address == NULL)
		address = psprintf(INT64_FORMAT, request->subject.customer_id);
	sending->code = (CodeRow){ .program_id = request->program_id,
							   .key_id = loyalty_secret_in_use(),
							   .has_amount = request->has_amount,
							   .amount = request->amount,
							   .channel = request->channel,
							   .sent_at = sending->now,
							   .expires_at = sending->now + sending->rules.life_seconds * USECS_PER_SEC };
	if (!loyalty_address_digest(call->org->org_id, sending->code.key_id, request->channel, address,
								&sending->code.address))
		elog(ERROR, "the secret that is in use is gone");
}

/* Locks the address first: what is read behind it is what the last one to send has left. */
void
loyalty_code_send(LoyaltyCall *call, LoyaltyCodeRequest *request, LoyaltyCodeAnswer *answer)
{
	SendingCode *sending = palloc(sizeof(SendingCode));

	if (request->subject.purpose == CODE_PARTICIPATION_ACTIVATION &&
		loyalty_code_hooks.before_activation != NULL)
		loyalty_code_hooks.before_activation(call, request);
	begin(sending, call, request);
	count_on_address(sending);
	require_unblocked(sending);
	follow_earlier(sending);
	make_code(sending);
	answer->sent_at = sending->code.sent_at;
	answer->expires_at = sending->code.expires_at;
}

/* Returns where a customer is reached: what is asked to be confirmed is the identifier, if there is one. */
static const char *
address_of(LoyaltyCall *call, const LoyaltyCustomer *customer, const char *channel)
{
	IdentifierType type = strcmp(channel, "email") == 0 ? IDENTIFIER_EMAIL : IDENTIFIER_MOBILE;
	LoyaltyIdentifiers held = { { NULL } };

	loyalty_identifiers_read(call->org->org_id, customer->customer_id, &held);
	if (held.values[type] != NULL)
		return held.values[type];
	return loyalty_reach_address(call->org->org_id, customer->customer_id, channel);
}

/* Prefers the mobile, as an external id is confirmed by it. */
void
loyalty_code_address(LoyaltyCall *call, LoyaltyCodeRequest *request)
{
	static const char *const channels[] = { "mobile", "email" };
	int i;

	for (i = 0; request->address == NULL && i < lengthof(channels); i++)
		if (request->channel == NULL || strcmp(request->channel, channels[i]) == 0)
		{
			request->address = address_of(call, request->subject.customer, channels[i]);
			if (request->address != NULL)
				request->channel = channels[i];
		}
	if (request->address == NULL)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_CODE_NO_ADDRESS),
						errmsg("the customer has no address that a code could go to")));
}
