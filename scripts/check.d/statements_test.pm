package statements_test;

# The test of statements.pm: statements that obey, and such as break one rule each.

use strict;
use warnings;

use statements;

my $SCHEMA = <<'SQL';
CREATE TABLE loyalty_data.shop (
    org_id          int4 NOT NULL,
    shop_id         int4 NOT NULL
);
CREATE TABLE loyalty_data.person (
    org_id          int4 NOT NULL,
    customer_id     int8 NOT NULL
);
CREATE TABLE loyalty_data.visit (
    org_id          int4 NOT NULL,
    customer_id     int8 NOT NULL
);
CREATE TABLE loyalty_data.phone (
    org_id          int4 NOT NULL,
    number          text NOT NULL
);
INSERT INTO loyalty_data.table_distribution VALUES
    ('shop', 'reference', NULL),
    ('person', 'customer', 'customer_id'),
    ('visit', 'customer', 'customer_id'),
    ('phone', 'value', 'number');
SQL

my $ONE = 'p.org_id = $1 AND p.customer_id = $2';
my $TWO = 'v.org_id = $1 AND v.customer_id = $2';

# [rules that are broken, statement]
my @CASES = (
	[ '', "SELECT p FROM loyalty_data.person p WHERE $ONE" ],
	[ '', "SELECT p FROM loyalty_data.person p WHERE $ONE ORDER BY p.name, p.customer_id FOR NO KEY UPDATE" ],
	[ '', "SELECT 1 FROM loyalty_data.person p JOIN loyalty_data.visit v ON $TWO WHERE $ONE AND v.day = p.day" ],
	[ '', "SELECT 1 FROM loyalty_data.person p LEFT JOIN loyalty_data.shop s ON s.org_id = p.org_id AND s.shop_id = p.shop_id WHERE $ONE" ],
	[ '', 'SELECT 1 FROM loyalty_data.person WHERE org_id = $1 AND customer_id = $2::int8' ],
	[ '', "SELECT (SELECT max(v.day) FROM loyalty_data.visit v WHERE $TWO), p.name FROM loyalty_data.person p WHERE $ONE" ],
	[ '', "WITH seen AS (SELECT v.day FROM loyalty_data.visit v WHERE $TWO) SELECT s.day FROM seen s" ],
	[ '', 'SELECT h.customer_id FROM loyalty_data.phone h WHERE h.org_id = $1 AND h.number = $2' ],
	[ '', 'SELECT h.customer_id FROM loyalty_data.phone h JOIN loyalty_data.shop s ON s.shop_id = h.shop_id WHERE h.org_id = $1 AND h.number = $2' ],
	[ '', 'INSERT INTO loyalty_data.phone (org_id, number, customer_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING' ],
	[ '', 'INSERT INTO loyalty_data.person AS p (org_id, customer_id) VALUES ($1, $2) ON CONFLICT (org_id, customer_id) DO UPDATE SET day = $3 WHERE p.day < $3' ],
	[ '', 'INSERT INTO loyalty_data.visit (org_id, customer_id, day) SELECT r.org_id, r.customer_id, r.day FROM unnest($1) r' ],
	[ '', "INSERT INTO loyalty_data.visit (org_id, customer_id) SELECT \$1, p.customer_id FROM loyalty_data.person p WHERE $ONE" ],
	[ '', 'UPDATE loyalty_data.person SET name = lower($3) WHERE org_id = $1 AND customer_id = $2' ],
	[ '', 'UPDATE loyalty_data.shop SET name = $3 WHERE org_id = $1 AND shop_id = $2' ],
	[ '', 'DELETE FROM loyalty_data.visit v WHERE v.org_id = $1 AND v.customer_id = $2 AND v.day = ANY ($3)' ],
	[ '', 'SELECT loyalty.clock()' ],
	[ '', 'a word FROM a message' ],
	[ 'key', 'SELECT p FROM loyalty_data.person p WHERE p.org_id = $1' ],
	[ 'key', 'SELECT p FROM loyalty_data.person p WHERE p.customer_id = $1' ],
	[ 'key', 'SELECT p FROM loyalty_data.person p WHERE p.org_id = $1 AND p.customer_id = ANY ($2)' ],
	[ 'key', 'SELECT p FROM loyalty_data.person p WHERE p.org_id = $1 AND (p.customer_id = $2 OR p.day = $3)' ],
	[ 'key', 'SELECT p FROM loyalty_data.person p WHERE p.org_id = $1 AND p.customer_id = $2 OR p.day = $3' ],
	[ 'key', "SELECT 1 FROM loyalty_data.person p JOIN loyalty_data.visit v ON v.org_id = p.org_id AND v.customer_id = p.customer_id WHERE $ONE" ],
	[ 'key', "SELECT 1 FROM loyalty_data.person p, loyalty_data.visit v WHERE $ONE AND v.customer_id = p.customer_id" ],
	[ 'key', "SELECT (SELECT max(v.day) FROM loyalty_data.visit v WHERE v.org_id = \$1 AND v.customer_id = p.customer_id) FROM loyalty_data.person p WHERE $ONE" ],
	[ 'key', "SELECT 1 FROM loyalty_data.person p WHERE $ONE UNION ALL SELECT 1 FROM loyalty_data.visit v WHERE v.org_id = \$1" ],
	[ 'key', 'SELECT h.customer_id FROM loyalty_data.phone h WHERE h.org_id = $1 AND h.customer_id = $2' ],
	[ 'key', "SELECT 1 FROM loyalty_data.nowhere p WHERE $ONE" ],
	[ 'key', "INSERT INTO loyalty_data.visit (org_id, customer_id) SELECT \$1, p.merged_into FROM loyalty_data.person p WHERE $ONE" ],
	[ 'customers', 'SELECT 1 FROM loyalty_data.person p JOIN loyalty_data.visit v ON v.org_id = $1 AND v.customer_id = $3 WHERE ' . $ONE ],
	[ 'customers', "INSERT INTO loyalty_data.visit (org_id, customer_id) SELECT \$1, \$3 FROM loyalty_data.person p WHERE $ONE" ],
	[ 'alone', "SELECT 1 FROM loyalty_data.person p JOIN loyalty_data.phone h ON h.org_id = \$1 AND h.number = \$3 WHERE $ONE" ],
	[ 'alone', 'SELECT 1 FROM loyalty_data.phone h WHERE h.org_id = $1 AND h.number = $2 UNION ALL'
		  . ' SELECT 1 FROM loyalty_data.phone h WHERE h.org_id = $1 AND h.number = $3' ],
	[ 'write', 'UPDATE loyalty_data.person SET name = $2 WHERE org_id = $1' ],
	[ 'write', 'UPDATE loyalty_data.person p SET name = r.name FROM unnest($1) r WHERE p.org_id = r.org_id AND p.customer_id = r.customer_id' ],
	[ 'write', 'DELETE FROM loyalty_data.visit WHERE org_id = $1 AND customer_id = ANY ($2)' ],
	[ 'write', 'DELETE FROM loyalty_data.shop WHERE shop_id = $1' ],
	[ 'write', 'SELECT p FROM loyalty_data.person p WHERE p.org_id = $1 FOR UPDATE' ],
	[ 'write', 'WITH gone AS (DELETE FROM loyalty_data.visit v WHERE v.org_id = $1 RETURNING v.day) SELECT g.day FROM gone g' ],
	[ 'claim', 'INSERT INTO loyalty_data.phone (org_id, number) SELECT $1, w.n FROM unnest($2) w(n) ON CONFLICT DO NOTHING' ],
	[ 'claim', 'INSERT INTO loyalty_data.phone (org_id, number) SELECT $1, w.n FROM unnest($2) w(n) RETURNING number' ],
	[ 'stable', 'UPDATE loyalty_data.person SET day = now() WHERE org_id = $1 AND customer_id = $2' ],
	[ 'stable', 'INSERT INTO loyalty_data.person (org_id, customer_id, day) VALUES ($1, $2, loyalty.clock())' ],
	[ 'stable', "UPDATE loyalty_data.person SET name = concat(name, 'x') WHERE org_id = \$1 AND customer_id = \$2" ],
	[ 'case', "SELECT CASE \$3 WHEN 'a' THEN p.name END FROM loyalty_data.person p WHERE $ONE" ],
	[ 'order', "SELECT p FROM loyalty_data.person p WHERE $ONE AND p.event_id < \$3" ],
	[ 'order', "SELECT p FROM loyalty_data.person p WHERE $ONE AND \$3 >= p.event_id" ],
	[ 'order', "SELECT p FROM loyalty_data.person p WHERE $ONE ORDER BY p.event_id DESC LIMIT 1" ],
	[ 'order', "SELECT max(p.lot_id) FROM loyalty_data.person p WHERE $ONE" ],
	[ 'order', "SELECT array_agg(p.name ORDER BY p.lot_id) FROM loyalty_data.person p WHERE $ONE" ],
	[ 'from', 'INSERT INTO loyalty_data.person (org_id, customer_id) SELECT $1, $2' ],
	[ 'from key', 'SELECT p.name, (SELECT $3) FROM loyalty_data.person p WHERE p.org_id = $1' ],
	[ 'from key', 'SELECT x.a FROM loyalty_data.person p CROSS JOIN LATERAL ((SELECT v.a FROM loyalty_data.visit v WHERE v.org_id = $1'
		  . ' AND v.customer_id = p.customer_id) UNION ALL SELECT p.a WHERE p.a IS NOT NULL) x WHERE p.org_id = $1' ],
	[ 'key lateral', 'SELECT x.day FROM unnest($3) w(n) CROSS JOIN LATERAL (SELECT v.day FROM loyalty_data.visit v WHERE v.org_id = $1'
		  . ' AND v.customer_id = w.n) x' ],
	[ 'key recursive', 'WITH RECURSIVE w (n) AS (SELECT p.n FROM loyalty_data.person p WHERE p.org_id = $1 UNION ALL SELECT w.n + 1 FROM w)'
		  . ' SELECT w.n FROM w' ],
	[ 'from', 'SELECT h.customer_id, (SELECT $3) FROM loyalty_data.phone h WHERE h.org_id = $1 AND h.number = $2' ],
	[ '', "SELECT p.name, (SELECT \$3) FROM loyalty_data.person p WHERE $ONE" ],
	[ '', "SELECT x.a FROM loyalty_data.person p CROSS JOIN LATERAL ((SELECT v.a FROM loyalty_data.visit v WHERE $TWO)"
		  . " UNION ALL SELECT p.a WHERE p.a IS NOT NULL) x WHERE $ONE" ],
	[ '', "SELECT x.day FROM unnest(\$3) w(n) CROSS JOIN LATERAL (SELECT v.day FROM loyalty_data.visit v WHERE $TWO AND v.n = w.n) x" ],
	[ '', "WITH RECURSIVE w (n) AS (SELECT p.n FROM loyalty_data.person p WHERE $ONE UNION ALL SELECT w.n + 1 FROM w) SELECT w.n FROM w" ],
	[ 'lock', 'LOCK TABLE loyalty_data.person IN SHARE MODE' ],
	[ 'built', "SELECT p.? FROM loyalty_data.person p WHERE $ONE" ],
	[ 'built', 'SELECT 1 FROM %s s' ],
	[ 'built', ' FROM loyalty_data.person p' ],
	[ '', "SELECT p FROM loyalty_data.person p WHERE $ONE AND p.event_time < \$3 ORDER BY (p.day), p.event_id" ],
	[ '', "SELECT p.name COLLATE \"C\", p.kind::\"char\" FROM loyalty_data.person p WHERE $ONE" ],
	[ '', "SELECT p FROM loyalty_data.person p WHERE (\$1 = p.org_id AND (p.customer_id = \$2)) AND (p.day, p.event_id) < (\$3, \$4)" ],
	[ '', "SELECT 1 FROM loyalty_data.visit v RIGHT JOIN loyalty_data.person p ON $TWO AND v.day = p.day WHERE $ONE" ],
	[ '', "SELECT 1 FROM loyalty_data.shop s LEFT JOIN (loyalty_data.person p JOIN loyalty_data.visit v ON $TWO) ON $ONE WHERE s.org_id = \$1" ],
	[ '', "SELECT CASE WHEN p.day = \$3 THEN 1 ELSE 2 END FROM loyalty_data.person p WHERE $ONE AND CASE WHEN p.day = \$3 THEN true END" ],
	[ 'key', 'SELECT p FROM loyalty_data.person p WHERE p.day = $3 OR p.day IS NULL AND p.org_id = $1 AND p.customer_id = $2' ],
	[ 'key', 'SELECT p FROM loyalty_data.person p WHERE NOT (p.org_id = $1 AND p.customer_id = $2)' ],
	[ 'key', 'SELECT p FROM loyalty_data.person p WHERE CASE WHEN p.day = $3 AND p.org_id = $1 AND p.customer_id = $2 AND p.a THEN false ELSE true END' ],
	[ 'key', "SELECT 1 FROM loyalty_data.person p LEFT JOIN loyalty_data.visit v ON $TWO AND $ONE" ],
	[ 'key', "SELECT 1 FROM loyalty_data.person p LEFT JOIN loyalty_data.shop s ON $ONE WHERE s.org_id = \$1" ],
	[ 'key', "SELECT 1 FROM loyalty_data.visit v RIGHT JOIN loyalty_data.person p ON $TWO AND $ONE" ],
	[ 'key', "SELECT 1 FROM loyalty_data.person p FULL JOIN loyalty_data.visit v ON $TWO AND $ONE" ],
	[ 'key', 'SELECT 1 FROM loyalty_data.person LEFT JOIN unnest($3) w(n) ON org_id = $1 AND customer_id = $2' ],
	[ 'customers', "SELECT p FROM loyalty_data.person p WHERE $ONE AND p.customer_id = \$4" ],
	[ 'customers', "SELECT p FROM loyalty_data.person p WHERE $ONE AND (p.day = \$3 AND p.org_id = \$4)" ],
	[ 'stable', 'UPDATE loyalty_data.person SET day = CURRENT_TIMESTAMP WHERE org_id = $1 AND customer_id = $2' ],
	[ 'stable', 'UPDATE loyalty_data.person SET day = localtime WHERE org_id = $1 AND customer_id = $2' ],
	[ 'order', "SELECT p FROM loyalty_data.person p WHERE $ONE ORDER BY (p.lot_id)" ],
	[ 'order', "SELECT max((p.lot_id)) FROM loyalty_data.person p WHERE $ONE" ],
	[ 'order', "SELECT p FROM loyalty_data.person p WHERE $ONE AND (p.event_id, p.entry_no) > (\$3, \$4)" ],
	[ 'order', "SELECT p FROM loyalty_data.person p WHERE $ONE AND (\$3, \$4) > (p.event_id, p.entry_no)" ],
	[ 'order', "SELECT p FROM loyalty_data.person p WHERE $ONE AND \$3 > (p.event_id)" ],
	[ 'form', "select p from loyalty_data.person p where $ONE" ],
	[ 'form', "SELECT p FROM loyalty_data.person p WHERE $ONE order BY p.name" ],
	[ 'form', "SELECT p FROM loyalty_data.person p Left JOIN loyalty_data.shop s ON s.org_id = p.org_id WHERE $ONE" ],
	[ 'form', 'select 1 from %s s' ],
	[ '', "SELECT left(p.name, 1) FROM loyalty_data.person p WHERE $ONE" ],
	[ '', 'with a message' ],
	[ 'form', 'update loyalty_data.person set name = $1' ],
	[ 'form', 'TRUNCATE loyalty_data.person' ],
	[ 'form', 'TABLE loyalty_data.person' ],
	[ 'form', "SELECT 1 FROM loyalty_data.person p WHERE $ONE UNION ALL TABLE loyalty_data.visit" ],
	[ 'form', 'MERGE INTO loyalty_data.person p USING unnest($1) r ON p.customer_id = r.customer_id WHEN MATCHED THEN DELETE' ],
	[ 'form', 'SELECT p FROM "loyalty_data".person p WHERE p.org_id = $1' ],
	[ 'form', 'SELECT p FROM loyalty_data."person" p WHERE p.org_id = $1' ],
	[ 'form', 'DELETE FROM "loyalty_data"."person"' ],
	[ 'key customers alone stable', 'WITH taken AS (SELECT h.customer_id FROM loyalty_data.phone h, loyalty_data.visit v WHERE h.org_id = $1 AND'
		  . ' h.number = v.number AND v.org_id = $1 AND v.customer_id = $4) UPDATE loyalty_data.person SET day = now() WHERE org_id = $1 AND'
		  . ' customer_id = $2' ],
);

# Reviewed lists: [what is wrong, list]
my @LISTS = (
	[ 0, "# About the list.\n\n[key] A reason,\nwith a second line.\n    org/org_store: one, two\n    card/card_store: one\n" ],
	[ 1, "    org/org_store: one\n" ],
	[ 1, "[key]\n    org/org_store: one\n" ],
	[ 1, "[key] A reason.\n  org/org_store: one\n" ],
	[ 1, "[key] A reason.\n    org/org_store: one, one\n" ]);

# What the checker finds and should not, or does not and should.
sub failures
{
	my $catalogue = statements::catalogue($SCHEMA);
	my @failures;

	for (@CASES)
	{
		my ($rules, $sql) = @$_;
		my $found = join ' ', sort map { $_->[0] } statements::complaints($catalogue, $sql);
		my $wanted = join ' ', sort split / /, $rules;
		push @failures, "found \"$found\", not \"$wanted\": $sql" if $found ne $wanted;
	}
	for (@LISTS)
	{
		my ($wrong, $list) = @$_;
		my (undef, @problems) = statements::reviewed($list);
		push @failures, "list: @problems: $list" if !@problems != !$wrong;
	}
	return @failures;
}

1;
