/*
 * secret_store.c: the secret of a database. It is drawn by libsodium when it is first needed; two sessions that need it first
 * may each make one, and both serve: what was made under a secret names it. Its id is random, too, so that a restored database,
 * which makes another one, does not take it for that of before. Bytes of secrets are wiped from memory after use.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/timestamp.h"

#include "common/crypto.h"
#include "common/query.h"
#include "common/secret_store.h"

#define SECRET_BYTES crypto_generichash_KEYBYTES

static LoyaltyQuery secret_newest = LOYALTY_STATEMENT(
	"SELECT s.secret_id FROM loyalty_data.code_key s ORDER BY s.made_at DESC, s.secret_id LIMIT 1");

static LoyaltyQuery secrets_all =
	LOYALTY_STATEMENT("SELECT s.secret_id FROM loyalty_data.code_key s ORDER BY s.made_at DESC, s.secret_id");

/* A row of code_key. */
typedef struct SecretRow
{
	TimestampTz made_at;
	int16 secret_id;
	bytea *secret;
} SecretRow;

static const LoyaltyColumn secret_columns[] = {
	LOYALTY_COLUMN("made_at", TIME, SecretRow, made_at),
	LOYALTY_COLUMN("secret_id", INT2, SecretRow, secret_id),
	LOYALTY_COLUMN("secret", BYTES_OR_NONE, SecretRow, secret),
};

static const LoyaltyLayout secret_layout = LOYALTY_LAYOUT("code_key", SecretRow, secret_columns);

/* Found without a statement: each code and each guess is digested under it. */
static LoyaltyQuery secret_read = LOYALTY_FIND(secret_layout, "secret_id");

static LoyaltyQuery secret_insert =
	LOYALTY_STATEMENT("INSERT INTO loyalty_data.code_key (secret_id, secret, made_at) VALUES ($1, $2, $3)"
					  " ON CONFLICT DO NOTHING",
					  INT2OID, BYTEAOID, TIMESTAMPTZOID);

/* Makes a secret; returns its id, 0 where another one has that. */
static int16
make_secret(void)
{
	int16 secret_id = (int16) (-1 - (int) randombytes_uniform(PG_INT16_MAX));
	bytea *secret = palloc(VARHDRSZ + SECRET_BYTES);
	uint64 made;

	SET_VARSIZE(secret, VARHDRSZ + SECRET_BYTES);
	randombytes_buf(VARDATA(secret), SECRET_BYTES);
	made =
		LOYALTY_EXECUTE(&secret_insert, loyalty_int2(secret_id),
						loyalty_datum(PointerGetDatum(secret), false), loyalty_time(GetCurrentTimestamp()));
	sodium_memzero(VARDATA(secret), SECRET_BYTES);
	return made == 0 ? 0 : secret_id;
}

/* Reads what others have committed by now: a secret that nobody else can read would be of no use to them. */
static int16
newest_secret(void)
{
	LoyaltyRows *rows = loyalty_query_latest(&secret_newest, NULL);

	return rows->count == 0 ? 0 : loyalty_row_int2(rows, 0, 1);
}

/* Prefers the file, whose keys stand in no table. */
int16
loyalty_secret_in_use(void)
{
	int16 secret_id = loyalty_key_in_use();

	if (secret_id == LOYALTY_NO_KEY)
		secret_id = newest_secret();
	while (secret_id == 0)
		secret_id = make_secret();
	return secret_id;
}

/* Copies the bytes of a secret; false where it is gone. */
static bool
read_secret(int16 secret_id, unsigned char bytes[SECRET_BYTES])
{
	LoyaltyRows *rows = loyalty_query_latest(&secret_read, LOYALTY_GIVEN(loyalty_int2(secret_id)));
	SecretRow row;

	if (rows->count == 0)
		return false;
	loyalty_row_read(rows, 0, &secret_layout, &row);
	if (row.secret == NULL || VARSIZE_ANY_EXHDR(row.secret) != SECRET_BYTES)
		return false;
	memcpy(bytes, VARDATA_ANY(row.secret), SECRET_BYTES);
	sodium_memzero(VARDATA_ANY(row.secret), SECRET_BYTES);
	return true;
}

/* Derives as loyalty_subkey does from a key of the file. */
bool
loyalty_secret_subkey(int16 key_id, const char *purpose, unsigned char *subkey, size_t size)
{
	unsigned char secret[SECRET_BYTES];

	if (key_id >= 0)
		return key_id != LOYALTY_NO_KEY && loyalty_subkey(key_id, purpose, subkey, size);
	if (!read_secret(key_id, secret))
		return false;
	crypto_generichash(subkey, size, (const unsigned char *) purpose, strlen(purpose), secret, SECRET_BYTES);
	sodium_memzero(secret, sizeof(secret));
	return true;
}

/* Asks the file or the table. */
bool
loyalty_secret_is_known(int16 key_id)
{
	unsigned char secret[SECRET_BYTES];
	bool known = key_id >= 0 ? loyalty_key_rank(key_id) > 0 : read_secret(key_id, secret);

	sodium_memzero(secret, sizeof(secret));
	return known;
}

/* Reads what others have committed by now, as newest_secret does. */
int
loyalty_secrets_known(int16 **key_ids)
{
	LoyaltyRows *rows = loyalty_query_latest(&secrets_all, NULL);
	int keys = loyalty_key_rank(loyalty_key_in_use());
	int count = 0;
	uint64 i;

	*key_ids = palloc(sizeof(int16) * (keys + rows->count + 1));
	for (; keys > 0; keys--)
		(*key_ids)[count++] = loyalty_key_at(keys);
	for (i = 0; i < rows->count; i++)
		(*key_ids)[count++] = loyalty_row_int2(rows, i, 1);
	return count;
}

/* Asks the table alone, which a site with a key file has empty, or from before. */
bool
loyalty_secret_exists(void)
{
	return newest_secret() != 0;
}
