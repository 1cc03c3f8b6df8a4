# A database whose collation makes another letter of an I than ASCII does: what is looked up by name is found in capitals.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";

use LoyaltyTest;
use Test::More;

my $node = start_node('turkish');
my ($state) = call($node,
	"CREATE DATABASE turkish TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'tr'");
plan skip_all => "this server knows no ICU" if $state eq "0A000";
is($state, '00000', 'there is a Turkish database');
is($node->safe_psql('turkish', "SELECT lower('I') = 'i'"), 'f', 'which folds an I in its own way');

$node->safe_psql('turkish', <<'SQL');
CREATE EXTENSION loyalty;
SELECT loyalty.create_org('acme', 'Acme', 'UTC', 'IN');
SELECT loyalty.create_program('acme', 'base', 'Base');
SELECT loyalty.set_config('acme', 'CONF_USERS_IS_EMAIL_UNIQUE', 'TRUE');
SELECT loyalty.register_customer('acme', email => 'IDIL@EXAMPLE.COM', mobile => '+919800000001');
SQL

# The first thing that help says of a topic.
sub first
{
	my ($topic) = @_;
	return $node->safe_psql('turkish', "SELECT name FROM loyalty.help('$topic') LIMIT 1");
}

is(first('IS_REDEEMABLE'), 'is_redeemable', 'help finds a function in capitals');
is(first('POINTS_NOT_FINITE'), 'LY402', 'an error by its name');
is(first('conf_users_is_email_unique'), 'CONF_USERS_IS_EMAIL_UNIQUE', 'a configuration key in small letters');
like($node->safe_psql('turkish', "SELECT description FROM loyalty.help('IS_REDEMABLE')"),
	qr/near are: is_redeemable\b/, 'and what a slip of the pen meant');
is($node->safe_psql('turkish', "SELECT loyalty.find_customer('acme', 'email', 'idil\@example.com') IS NOT NULL"),
	't', 'an e-mail is the same in capitals and in small letters');

done_testing();
