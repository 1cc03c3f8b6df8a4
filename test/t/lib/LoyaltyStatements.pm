package LoyaltyStatements;

# The statements of the stores that are texts, as the preprocessor leaves them: their variables, texts and parameters.

use strict;
use warnings;

use Exporter 'import';
use File::Basename qw(basename dirname);
use FindBin;
use IPC::Run ();

our @EXPORT = qw(stored_statements);

# Types of parameters, as query.c asks for them.
my %TYPES = (
	BOOL => 'bool', BYTEA => 'bytea', CHAR => '"char"', DATE => 'date', INT2 => 'int2', INT4 => 'int4', INT8 => 'int8', JSONB => 'jsonb',
	NUMERIC => 'numeric(18,3)', TEXT => 'text', TIMESTAMPTZ => 'timestamptz', UUID => 'uuid', OID => 'oid', FLOAT4 => 'float4', FLOAT8 => 'float8',
	MONEY => 'money', TIMESTAMP => 'timestamp', INTERVAL => 'interval', XID8 => 'xid8');

sub _slurp
{
	my ($path) = @_;

	open my $file, '<', $path or die "cannot read $path: $!\n";
	local $/;
	return <$file>;
}

# A file with each use of the macros of statements marked. Of what is included the pieces of statements are read.
sub _marked
{
	my ($path, $pieces) = @_;

	my $text = _slurp($path);
	$text =~ s/^\s*#\s*include.*$//gm;
	my $marks = join '', map { "#define $_(...) \@STATEMENT (__VA_ARGS__) \@END\n" } qw(LOYALTY_STATEMENT LOYALTY_STATEMENT_SEEN);
	my ($out, $err);
	IPC::Run::run([ $ENV{CC} // 'cc', '-E', '-P', '-xc', '-' ], \"$marks$pieces$text", \$out, \$err) or die "cannot preprocess $path: $err\n";
	return $out;
}

# All of them: { file, name, sql, types }. Of several of one name the second is called name_2.
sub stored_statements
{
	my $root = dirname($FindBin::RealBin) . '/..';
	my $pieces = join '', map { _slurp($_) =~ /^#define \w+(?:\([^)]*\))? +(?:\\\n\s*)?(?:(?:alias )?"|\w+_OF\(|INT4OID,|\w+_TYPES,|LOYALTY_STATEMENT_SEEN\()(?:[^\n]*\\\n)*[^\n]*\n/gm } split /\n/, `find '$root/src' -name '*.h'`;
	my @found;

	for my $path (sort split /\n/, `find '$root/src' -name '*_store.c'`)
	{
		my $text = _marked($path, $pieces);
		my %count;
		while ($text =~ /(?:LoyaltyQuery\s+(\w+)[^;\@]*?)?\@STATEMENT\s*\((.*?)\)\s*\@END/gs)
		{
			my ($name, $inside) = ($1, $2);
			my $sql = '';
			$sql .= $1 =~ s/\\(.)/$1/gr while $inside =~ /\G\s*"((?:\\.|[^"\\])*)"/gcs;
			my @types = map { _type($_, $path) } grep { /\w/ } split /,/, substr $inside, pos($inside) // 0;
			$name //= 'of_' . basename($path, '_store.c');
			$name .= "_$count{$name}" if $count{$name}++;
			push @found, { file => basename($path, '.c'), name => $name, sql => $sql, types => \@types };
		}
	}
	return @found;
}

sub _type
{
	my ($oid, $path) = @_;

	my ($name, $array) = $oid =~ /^\s*([A-Z0-9]+?)(ARRAY)?OID\s*$/ or die "$path: what type is $oid?\n";
	my $type = $TYPES{$name} // die "$path: what type is $oid?\n";
	return $type . ($array ? '[]' : '');
}

1;
