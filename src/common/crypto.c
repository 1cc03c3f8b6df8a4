/*
 * crypto.c: digests, the key file, random texts.
 *
 * Digests are BLAKE2b of 16 bytes. Those of the hash chain, and the keys of series of numbers, are keyed where the site
 * has a key file; digests of requests never are. The keys are read once per backend and again after a reload of the
 * configuration, at the next use. Nothing here touches tables; key bytes are wiped from memory when they are forgotten,
 * and no message to a client has them or the file's name.
 */
#include "postgres.h"

#include <sys/stat.h>

#include "postmaster/interrupt.h"
#include "storage/fd.h"
#include "utils/guc.h"

#include "common/crypto.h"
#include "common/errors.h"
#include "common/guc.h"
#include "common/key_line_rules.h"

#define KEY_BYTES crypto_generichash_KEYBYTES
#define MAX_KEYS 64
#define MAX_LINE 256

/* Key of the file: the number that hashes name it by, and its bytes. */
typedef struct Key
{
	int16 key_id;
	unsigned char bytes[KEY_BYTES];
} Key;

/* The keys of the file as it was at this generation of the setting; the last one is in use. */
static Key keys[MAX_KEYS];
static int key_count;
static int keys_generation = -1;
static uint64 key_reads;

static void load_keys(void);
static void forget_keys(void);
static const char *read_keys(FILE *file);
static bool parse_key(const char *line, Key *key);

/* Starts libsodium, which is safe to do twice. */
void
loyalty_crypto_init(void)
{
	if (sodium_init() < 0)
		elog(ERROR, "libsodium could not be initialised");
}

/* Finds the bytes of a key, or NULL. The keys are few, so the list is searched; of two lines with one key_id the later wins. */
static const unsigned char *
key_bytes(int16 key_id)
{
	const unsigned char *key = NULL;
	int i;

	load_keys();
	for (i = 0; i < key_count; i++)
		if (keys[i].key_id == key_id)
			key = keys[i].bytes;
	return key;
}

/* Derives by a keyed digest of the purpose: nobody comes from one subkey to another, or to the key. */
bool
loyalty_subkey(int16 key_id, const char *purpose, unsigned char *subkey, size_t size)
{
	const unsigned char *key = key_bytes(key_id);

	if (key == NULL)
		return false;
	crypto_generichash(subkey, size, (const unsigned char *) purpose, strlen(purpose), key, KEY_BYTES);
	return true;
}

/* Begins a digest, keyed or not. */
bool
loyalty_digest_begin(LoyaltyDigest *digest, int16 key_id)
{
	const unsigned char *key = NULL;

	if (key_id != LOYALTY_NO_KEY)
	{
		key = key_bytes(key_id);
		if (key == NULL)
			return false;
	}
	crypto_generichash_init(&digest->state, key, key ? KEY_BYTES : 0, LOYALTY_HASH_BYTES);
	return true;
}

/* Begins a keyed digest, whoever keeps the key. */
void
loyalty_digest_begin_with(LoyaltyDigest *digest, const unsigned char *subkey, size_t size)
{
	crypto_generichash_init(&digest->state, subkey, size, LOYALTY_HASH_BYTES);
}

/*
 * Adds raw bytes. It takes void *, since the rules of the chain write through a pointer to it and know no libsodium.
 */
void
loyalty_digest_bytes(void *digest, const void *bytes, size_t size)
{
	crypto_generichash_update(&((LoyaltyDigest *) digest)->state, bytes, size);
}

/* Adds a number, lowest byte first, so that a hash is the same on machines of either byte order. */
void
loyalty_digest_int8(LoyaltyDigest *digest, int64 value)
{
	unsigned char bytes[8];
	int i;

	for (i = 0; i < 8; i++)
		bytes[i] = (unsigned char) ((uint64) value >> (8 * i));
	loyalty_digest_bytes(digest, bytes, sizeof(bytes));
}

/* Adds a text behind its length; a missing text and an empty one differ. */
void
loyalty_digest_text(LoyaltyDigest *digest, const char *text)
{
	loyalty_digest_int8(digest, text ? (int64) strlen(text) : -1);
	if (text)
		loyalty_digest_bytes(digest, text, strlen(text));
}

/* Ends a digest; its state may not be used again. */
void
loyalty_digest_end(LoyaltyDigest *digest, unsigned char hash[LOYALTY_HASH_BYTES])
{
	crypto_generichash_final(&digest->state, hash, LOYALTY_HASH_BYTES);
}

/* Ends a digest and returns its first eight bytes. */
int64
loyalty_digest_end_int8(LoyaltyDigest *digest)
{
	unsigned char hash[LOYALTY_HASH_BYTES];
	int64 value;

	loyalty_digest_end(digest, hash);
	memcpy(&value, hash, sizeof(value));
	return value;
}

/* Digests a key without the key file's keys: a restored backup must recognise the requests of the old server. */
void
loyalty_idempotency_digest(const char *key, pg_uuid_t *digest)
{
	LoyaltyDigest state;

	loyalty_digest_begin(&state, LOYALTY_NO_KEY);
	loyalty_digest_text(&state, key);
	StaticAssertStmt(LOYALTY_HASH_BYTES == UUID_LEN, "a digest fits a uuid");
	loyalty_digest_end(&state, digest->data);
}

/* Searches from the end, as of two lines with one key_id the later one counts. */
int
loyalty_key_rank(int16 key_id)
{
	int i;

	load_keys();
	if (key_id == LOYALTY_NO_KEY)
		return 0;
	for (i = key_count; i > 0; i--)
		if (keys[i - 1].key_id == key_id)
			return i;
	return -1;
}

/* Counts as loyalty_key_rank does. */
int16
loyalty_key_at(int rank)
{
	load_keys();
	return rank >= 1 && rank <= key_count ? keys[rank - 1].key_id : LOYALTY_NO_KEY;
}

/* Counts from the first reading on. */
uint64
loyalty_key_reads(void)
{
	load_keys();
	return key_reads;
}

/* Forgets the keys and reads them; the setting itself may be a new one. */
void
loyalty_keys_read_again(void)
{
	if (ConfigReloadPending)
	{
		ConfigReloadPending = false;
		ProcessConfigFile(PGC_SIGHUP);
	}
	keys_generation = -1;
	load_keys();
}

/* Names no key and no file. */
void
loyalty_raise_key_file(const char *detail)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_KEY_FILE), errmsg("could not use the key file"),
					errdetail("%s", detail)));
}

/* Returns the key of the file's last line, with which new entries are hashed. */
int16
loyalty_key_in_use(void)
{
	load_keys();
	return key_count == 0 ? LOYALTY_NO_KEY : keys[key_count - 1].key_id;
}

/*
 * Reads the key file when the setting is newer than what was read. A failure leaves nothing half read, and is found
 * again at the next use.
 */
const char *
loyalty_key_file_problem(void)
{
	struct stat status;
	const char *problem = NULL;
	FILE *file;

	if (keys_generation == loyalty_key_file_generation)
		return NULL;
	forget_keys();
	if (loyalty_key_file[0] != '\0')
	{
		file = AllocateFile(loyalty_key_file, "r");
		if (file == NULL)
			return pstrdup(strerror(errno));
		if (fstat(fileno(file), &status) != 0 || (status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
			problem = "it must be readable by the server's user alone";
		else
			problem = read_keys(file);
		FreeFile(file);
	}
	if (problem != NULL)
		forget_keys();
	else
	{
		keys_generation = loyalty_key_file_generation;
		key_reads++;
	}
	return problem;
}

/* Raises what is wrong with the key file: entries hashed without their key would prove nothing. */
static void
load_keys(void)
{
	const char *problem = loyalty_key_file_problem();

	/* The name of the file is for the server's log alone. */
	if (problem != NULL)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_KEY_FILE), errmsg("could not use the key file"),
						errdetail("The reason: %s.", problem),
						errdetail_log("Key file \"%s\": %s.", loyalty_key_file, problem)));
}

/* Wipes the keys. */
static void
forget_keys(void)
{
	sodium_memzero(keys, sizeof(keys));
	key_count = 0;
}

/*
 * Reads a line into a buffer of MAX_LINE bytes; false at the end of the file. "zero" tells of a zero byte in it: behind the
 * text stands another one then than that at its end, where line feeds are put before.
 */
static bool
read_line(char *line, FILE *file, bool *zero)
{
	size_t size;

	memset(line, '\n', MAX_LINE);
	if (fgets(line, MAX_LINE, file) == NULL)
		return false;
	size = strlen(line) + 1;
	*zero = memchr(line + size, '\0', MAX_LINE - size) != NULL;
	return true;
}

/* Reads the lines of the file; returns what is wrong with its content, or NULL. */
static const char *
read_keys(FILE *file)
{
	char line[MAX_LINE];
	const char *problem = NULL;
	int line_no = 0;
	bool zero;

	while (problem == NULL && read_line(line, file, &zero))
	{
		line_no++;
		if (zero)
			problem = psprintf("line %d has a zero byte", line_no);
		else if (strchr(line, '\n') == NULL && !feof(file))
			problem = psprintf("line %d is longer than %d bytes", line_no, MAX_LINE - 1);
		else if (line[0] == '#' || line[strspn(line, " \t\r\n")] == '\0')
			continue;
		else if (key_count == MAX_KEYS)
			problem = psprintf("it holds more than %d keys", MAX_KEYS);
		else if (!parse_key(line, &keys[key_count]))
			problem = psprintf("line %d is not a key_id and 64 hexadecimal digits", line_no);
		else
			key_count++;
	}
	sodium_memzero(line, sizeof(line));
	if (problem == NULL && key_count == 0)
		problem = "it holds no key";
	return problem;
}

/* Reads a line and turns its digits into the bytes of the key. */
static bool
parse_key(const char *line, Key *key)
{
	const char *digits;
	int key_id;

	StaticAssertStmt(KEY_LINE_DIGITS == 2 * KEY_BYTES && KEY_LINE_MAX_ID == PG_INT16_MAX,
					 "a line holds a key");
	if (!loyalty_key_line_parse(line, &key_id, &digits) ||
		sodium_hex2bin(key->bytes, KEY_BYTES, digits, KEY_LINE_DIGITS, NULL, NULL, NULL) != 0)
		return false;
	key->key_id = (int16) key_id;
	return true;
}

/* Draws as many letters of an alphabet. */
static char *
random_text(const char *alphabet, int length)
{
	uint32 letters = strlen(alphabet);
	char *text = palloc(length + 1);
	int i;

	for (i = 0; i < length; i++)
		text[i] = alphabet[randombytes_uniform(letters)];
	text[length] = '\0';
	return text;
}

/* Returns a code of five bits a letter; 0, O, 1 and I are left out, since people read codes aloud. */
char *
loyalty_random_code(int length)
{
	return random_text("23456789ABCDEFGHJKLMNPQRSTUVWXYZ", length);
}

/* Draws digits, zeros in front among them. */
char *
loyalty_random_digits(int length)
{
	return random_text("0123456789", length);
}
