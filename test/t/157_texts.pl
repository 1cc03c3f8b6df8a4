# The normal form of texts where a session in UTF8 cannot look: in databases of other encodings, and in a load.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";

use LoyaltyTest;
use Test::More;

my $node = start_node('texts');

# Makes a database of an encoding with an org and a customer, whose external id is given as an expression.
sub database
{
	my ($name, $encoding, $external_id) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE $name TEMPLATE template0 ENCODING '$encoding' LOCALE 'C'");
	$node->safe_psql($name, <<"SQL");
CREATE EXTENSION loyalty;
SELECT loyalty.create_org('acme', 'Acme', 'UTC', 'IN');
SELECT loyalty.set_config('acme', 'CONF_REGISTRATION_PRIMARY_KEY', 'external_id');
SELECT loyalty.create_program('acme', 'base', 'Base');
SELECT loyalty.register_customer('acme', external_id => $external_id);
SQL
	return;
}

# Whether an external id, an expression in bytes of the database, finds the customer.
sub finds
{
	my ($name, $external_id) = @_;
	return $node->safe_psql($name, "SELECT loyalty.find_customer('acme', 'external_id', $external_id) IS NOT NULL");
}

sub refuses
{
	my ($name, $external_id) = @_;
	my ($state) = call($node, "SELECT loyalty.register_customer('acme', external_id => $external_id)", db => $name);
	return $state;
}

# E and an accent in one byte, then a no-break space and a soft hyphen.
database('latin1', 'LATIN1', q{'E' || chr(233)});
is(finds('latin1', q{chr(160) || 'E' || chr(233) || chr(160) || ' '}), 't', 'LATIN1: a no-break space around goes');
is(finds('latin1', q{'e' || chr(233)}), 'f', 'LATIN1: case is kept');
is($node->safe_psql('latin1', q{SELECT octet_length(external_id) FROM loyalty_data.profile}), '2', 'LATIN1: stored in its bytes');
is(refuses('latin1', q{'E' || chr(173) || 'x'}), 'LY104', 'LATIN1: a soft hyphen has no place');
is(refuses('latin1', q{'E' || chr(133) || 'x'}), 'LY104', 'LATIN1: nor has a control character');

# The letter and its accent, which the encoding has apart, are a letter that it has, or one that it lacks.
database('vietnamese', 'WIN1258', q{convert_from('\xe9', 'WIN1258')});
is(finds('vietnamese', q{convert_from('\x65ec', 'WIN1258')}), 't', 'WIN1258: an accent apart is composed');
is(refuses('vietnamese', q{convert_from('\x41d2', 'WIN1258')}), 'LY104', 'WIN1258: what it cannot compose has no normal form');

database('ascii', 'SQL_ASCII', q{E'E\xc3\xa9'});
is(finds('ascii', q{E'\xc2\xa0E' || E'e\xcc\x81'}), 't', 'SQL_ASCII: bytes are read as UTF-8');
is(refuses('ascii', q{E'E\xe9'}), 'LY104', 'SQL_ASCII: others have no normal form');

# A load, in which a file of a till has what a spreadsheet left.
database('loads', 'UTF8', q{U&'E\00E9'});
$node->safe_psql('loads', <<'SQL');
SELECT loyalty.create_store('acme', 'main', 'Main');
SELECT loyalty.create_till('acme', 'till', 'main');
CREATE TABLE bills (line_no int PRIMARY KEY, transaction_number text, amount numeric, till text, external_id text, event_time timestamptz);
INSERT INTO bills VALUES
    (1, 'T-9', 10, 'till', U&'E\00E9', now()),
    (2, U&'T-9\00A0', 10, E'till\t', U&'E\00E9', now()),
    (3, '  ', 10, 'till', U&'E\00E9', now()),
    (4, U&'T\200B-9', 10, 'till', U&'E\00E9', now()),
    (5, 'T-10', 10, U&'\3000till', U&'Ee\0301\00A0'::text, now()),
    (6, 'T-11', 10, 'till', U&'E\200B\00E9', now());
UPDATE bills SET external_id = U&'\2003E\0065\0301' WHERE line_no = 5;
CALL loyalty.load_transactions('acme', 'bills');
SQL
is($node->safe_psql('loads', "SELECT string_agg(line_no || error_code, ' ' ORDER BY line_no) FROM loyalty.transaction_load_errors"),
	'2LY410 3LY001 4LY003 6LY104', 'a load refuses what a call refuses');
is($node->safe_psql('loads', "SELECT count(DISTINCT customer_id), string_agg(transaction_number, ' ' ORDER BY transaction_number) FROM loyalty.transactions"),
	'1|T-10 T-9', 'and finds whom a call finds');

done_testing();
