package statements;

# The rules of many servers: what a statement must obey so that one server can answer it, were rows spread by customer, and so
# that it says the truth there. Which table is spread how is said by loyalty_data.table_distribution in sql/*/schema.sql.
#
#   key        a table about a customer or a value is named with org_id = $n and its key = $n, the parameters, not another's column
#   customers  one statement, one customer
#   alone      a table that is keyed by a value has no other such table, and no table about a customer, beside it
#   write      UPDATE, DELETE and FOR UPDATE name the key; tables that are everywhere, at least org_id = $n
#   claim      INSERT ... SELECT has neither ON CONFLICT nor RETURNING: how many rows went in cannot be trusted
#   stable     a modifying statement calls immutable functions alone: ids and times are parameters
#   case       no CASE $n WHEN
#   order      ids say nothing about order: no <, >, min, max of them, and nothing is sorted by them first
#   from       no SELECT without FROM inside a statement
#   lateral    no LATERAL over unnest
#   recursive  no recursive WITH
#   lock       no LOCK TABLE
#   built      statements are texts, not put together at run time: nobody could check them
#   form       what this file reads: keywords in upper case, names without quotes, and no verbs but those of $QUERY
#
# "from", "lateral" and "recursive" are for statements that ask several servers, and for those that write: a SELECT in which every
# table about a customer is named with the same two parameters goes to one server as it is, which may use any SQL.
#
# What does not obey stands in statements.list with its reason.

use strict;
use warnings;

my $QUERY = qr/^(?:SELECT|INSERT|UPDATE|DELETE|WITH|VALUES)$/;

# Where the items of FROM end, and where what follows an expression begins.
my $CLAUSE = qr/^(?:SELECT|FROM|WHERE|GROUP|HAVING|ORDER|LIMIT|OFFSET|FETCH|FOR|WINDOW|RETURNING|SET|VALUES|UNION|INTERSECT|EXCEPT)$/;
my $JOIN = qr/^(?:JOIN|LEFT|RIGHT|FULL|INNER|CROSS|NATURAL|OUTER)$/;
# Keywords, which are read in upper case alone, how a statement begins, and verbs that are not read.
my $KEYWORD = qr/^(?:select|insert|update|delete|merge|truncate|table|from|where|join|inner|cross|natural|outer|full|union|intersect|
	except|on|using|and|or|not|group|having|order|by|limit|offset|for|returning|values|case|when|then|else|lateral|with|into|
	exists|conflict)$/xi;
my $BEGIN = qr/^[\s(]*(?:select|insert\s+into|update\s+\S+\s+set|delete\s+from|merge\s+into|with\s+\w+\s+as)\b/i;
my $NOT_READ = qr/^(?:TABLE|MERGE|TRUNCATE|COPY|EXECUTE|PREPARE|DECLARE|EXPLAIN|CREATE|ALTER|DROP|REFRESH|CLUSTER)$/;

# Functions without parentheses, which are not immutable.
my $TIME = qr/^(?:current_(?:timestamp|date|time|user|role|catalog|schema)|localtime(?:stamp)?|session_user|system_user)$/i;

my $NO_ALIAS = qr/$CLAUSE|$JOIN|^(?:ON|USING|WITH|AS|AND|OR|DEFAULT)$/;

# Ids that are drawn from one sequence with a node's part. Ids of reference data come from one server.
my $ID = qr/(?:^|\.)(?:event|reversed_event|reversed_customer|lot_customer|pair|lot|origin_lot|transaction|parent|customer|parent_customer|origin_customer|
	card|change|request|merge|survivor|referral)_id$/x;

# What is no function though a parenthesis follows.
my $NO_FUNCTION = qr/^(?:SELECT|FROM|WHERE|AND|OR|NOT|ON|IN|ANY|ALL|SOME|EXISTS|CASE|WHEN|THEN|ELSE|VALUES|BY|AS|OVER|FILTER|USING|
	CONFLICT|INTO|SET|LATERAL|JOIN|UNION|EXCEPT|INTERSECT|ROWS|OFFSET|LIMIT|DISTINCT|BETWEEN|LIKE|IS|UPDATE|ARRAY|MATERIALIZED|END)$/x;

# Functions that are IMMUTABLE, and aggregates of such.
my %IMMUTABLE = map { $_ => 1 } qw(COALESCE GREATEST LEAST NULLIF abs array_agg array_append array_cat array_remove bool_and
  bool_or cardinality count jsonb_array_length left length lower max min right round starts_with sum unnest upper);

# ---------------------------------------------------------------- the catalogue

# What the SQL parts say of tables: name => { distribution, key, columns }.
sub catalogue
{
	my (@texts) = @_;
	my %tables;

	for my $text (@texts)
	{
		while ($text =~ /^CREATE TABLE loyalty_data\.(\w+) \((.*?)^\)/gms)
		{
			my ($table, $body) = ($1, $2);
			$tables{$table}{columns} = { map { $_ => 1 } $body =~ /^    ([a-z_]\w*)\s/gm };
		}
		while ($text =~ /^INSERT INTO loyalty_data\.table_distribution VALUES\n(.*?);/gms)
		{
			my $rows = $1;
			@{ $tables{$1} }{qw(distribution key)} = ($2, $3) while $rows =~ /\('(\w+)', '(\w+)', (?:NULL|'(\w+)')\)/g;
		}
	}
	return \%tables;
}

# ---------------------------------------------------------------- reading SQL

# A statement as a list of tokens, in which a list stands for what is between parentheses.
sub parse
{
	my ($sql) = @_;
	my @stack = ([]);

	for my $token ($sql =~ /'(?:[^']|'')*'|"[^"]*"|\$\d+|[A-Za-z_][\w.]*|\d+(?:\.\d+)?|::|<=|>=|<>|!=|=>|[^\s\w]/g)
	{
		if ($token eq '(')
		{
			my $inner = [];
			push @{ $stack[-1] }, $inner;
			push @stack, $inner;
		}
		elsif ($token eq ')') { pop @stack if @stack > 1; }
		else { push @{ $stack[-1] }, $token; }
	}
	return $stack[0];
}

sub is_word { return defined $_[0] && !ref $_[0] && $_[0] =~ $_[1]; }
sub is_query { return ref $_[0] && (is_word($_[0][0], $QUERY) || is_query($_[0][0])); }
sub is_name { return is_word($_[0], qr/^[a-z_][\w.]*$/); }
sub is_parameter { return is_word($_[0], qr/^\$\d+$/); }
sub table_of { return $_[0] =~ /^loyalty(?:_data)?\.(\w+)$/ ? $1 : undef; }

# Parts of a list between separators.
sub split_by
{
	my ($separator, @tokens) = @_;
	my @parts = ([]);

	for my $token (@tokens)
	{
		if (is_word($token, $separator)) { push @parts, []; }
		else { push @{ $parts[-1] }, $token; }
	}
	return @parts;
}

# What stands in parentheses by itself, without them.
sub bare
{
	my ($token) = @_;

	$token = $token->[0] while ref $token && @$token == 1;
	return $token;
}

# A condition without what is between CASE and its END: that need not hold.
sub without_cases
{
	my (@condition) = @_;
	my ($depth, @kept) = (0);

	for my $token (@condition)
	{
		push @kept, 'CASE' if is_word($token, qr/^CASE$/) && $depth++ == 0;
		push @kept, $token if $depth == 0;
		$depth-- if is_word($token, qr/^END$/) && $depth > 0;
	}
	return @kept;
}

# Notes a parameter of a column; of several they are all noted.
sub note_parameter
{
	my ($bound, $column, $parameter) = @_;
	my %all = map { $_ => 1 } split(/ and /, $bound->{$column} // ''), split / and /, $parameter;

	$bound->{$column} = join ' and ', sort keys %all;
	return;
}

# What a condition says: column => parameter, of its parts that all must hold.
sub bindings
{
	my (@condition) = without_cases(@_);
	my %bound;

	return () if grep { is_word($_, qr/^OR$/) } @condition;
	for my $part (split_by(qr/^AND$/, @condition))
	{
		my @p = @$part;
		splice @p, -2 if @p == 5 && $p[3] eq '::';
		if (@p == 1 && ref $p[0] && !is_query($p[0]))
		{
			my %inner = bindings(@{ $p[0] });
			note_parameter(\%bound, $_, $inner{$_}) for keys %inner;
		}
		elsif (@p == 3 && is_word($p[1], qr/^=$/))
		{
			my ($column, $parameter) = is_parameter($p[0]) ? @p[ 2, 0 ] : @p[ 0, 2 ];
			note_parameter(\%bound, $column, $parameter) if is_name($column) && is_parameter($parameter);
		}
	}
	return %bound;
}

# What all conditions of a query say. That of an outer join says nothing of rows which are there without it: of those on its
# outer side, or on both.
sub bindings_of
{
	my ($arm) = @_;
	my %bound;

	for my $condition (@{ $arm->{conditions} // [] })
	{
		my %said = bindings(@{ $condition->{tokens} });
		my $about = $condition->{about};
		for my $column (keys %said)
		{
			next if $about && !grep { $column =~ /^\Q$_\E\.\w+$/ } @$about;
			note_parameter(\%bound, $column, $said{$column});
		}
	}
	return \%bound;
}

# The tables that the condition of a join is about, by their aliases; nothing: all.
sub about_of_join
{
	my ($arm, $join) = @_;
	my @aliases = map { $_->{alias} } @{ $arm->{tables} // [] };

	return [ @aliases[ $join->{before} .. $#aliases ] ] if $join->{outer} eq 'LEFT';
	return [ @aliases[ 0 .. $join->{before} - 1 ] ] if $join->{outer} eq 'RIGHT';
	return $join->{outer} eq 'FULL' ? [] : undef;
}

# ---------------------------------------------------------------- one query of a statement

# Takes one item of FROM from the front of tokens into an arm: a table, a query, a function, or joined ones in parentheses.
sub take_item
{
	my ($arm, $tokens, $role) = @_;
	my ($item, $lateral, $table) = (shift @$tokens, 0);

	while (is_word($item, qr/^(?:LATERAL|ONLY|ROWS)$/))
	{
		$lateral = 1 if $item eq 'LATERAL';
		$item = shift @$tokens;
	}
	$item = shift @$tokens if is_word($item, qr/^FROM$/);
	return unless defined $item;
	if (is_query($item))
	{
		push @{ $arm->{inner} }, $item;
		$arm->{lateral} = 1 if $lateral;
	}
	elsif (ref $item && grep { is_word($_, $JOIN) } @$item) { walk($arm, 'FROM', @$item); }
	elsif (ref $item)
	{
		$arm->{unnests} = 1;
		push @{ $arm->{rest} }, $item;
	}
	elsif (ref $tokens->[0] && $role ne 'insert')
	{
		$arm->{unnests} = 1;
		push @{ $arm->{rest} }, $item, shift @$tokens;
	}
	else { push @{ $arm->{tables} }, $table = { name => $item, alias => $item =~ s/^.*\.//r, role => $role }; }
	shift @$tokens if is_word($tokens->[0], qr/^AS$/);
	if (is_name($tokens->[0]) && $tokens->[0] !~ $NO_ALIAS)
	{
		my $alias = shift @$tokens;
		$table->{alias} = $alias if $table;
	}
	shift @$tokens if ref $tokens->[0] && !is_query($tokens->[0]) && $role ne 'insert';
	return;
}

# Reads the clauses of a query into an arm: tables, conditions, and what else there is to look through.
sub walk
{
	my ($arm, $clause, @tokens) = @_;
	my ($outer, @joins) = ('');

	take_item($arm, \@tokens, 'read') if $clause eq 'FROM';
	while (@tokens)
	{
		my $token = shift @tokens;
		my $next = $tokens[0] // '';
		push @{ $arm->{rest} }, $token;
		if (is_word($token, qr/^WITH$/) && is_word($next, qr/^ORDINALITY$/)) { take_alias(\@tokens); }
		elsif (is_word($token, qr/^FROM$/) && $arm->{before} ne 'DISTINCT')
		{
			$clause = 'FROM';
			$arm->{from} = 1;
			take_item($arm, \@tokens, $arm->{verb} eq 'DELETE' && !$arm->{tables} ? 'write' : 'read');
		}
		elsif (is_word($token, qr/^(?:JOIN|USING)$/) && !($token eq 'USING' && ref $next))
		{
			my $join = { outer => $outer, before => scalar @{ $arm->{tables} // [] } };
			$clause = 'FROM';
			take_item($arm, \@tokens, 'read');
			push @joins, $join if $token eq 'JOIN' && $outer !~ /^(?:CROSS|NATURAL)$/;
			$outer = '';
		}
		elsif ($clause eq 'FROM' && is_word($token, qr/^,$/)) { take_item($arm, \@tokens, 'read'); }
		elsif (is_word($token, qr/^ON$/) && is_word($next, qr/^CONFLICT$/)) { $clause = 'CONFLICT'; $arm->{conflict} = 1; }
		elsif (is_word($token, qr/^(?:ON|WHERE)$/) && $clause ne 'CONFLICT')
		{
			$clause = 'condition';
			push @{ $arm->{conditions} }, { tokens => [], about => $token eq 'ON' && @joins ? about_of_join($arm, pop @joins) : undef };
		}
		elsif (is_word($token, $JOIN))
		{
			$clause = 'FROM';
			$outer = $token if $token =~ /^(?:LEFT|RIGHT|FULL|CROSS|NATURAL)$/;
		}
		elsif (is_word($token, qr/^FOR$/)) { $clause = $token; $arm->{locks} = 1; }
		elsif (is_word($token, qr/^SELECT$/)) { $clause = $token; $arm->{selects} = 1; }
		elsif (is_word($token, qr/^VALUES$/)) { $clause = $token; $arm->{row} = $next if ref $next; }
		elsif (is_word($token, qr/^RETURNING$/)) { $clause = $token; $arm->{returning} = 1; }
		elsif (is_word($token, $CLAUSE) && $clause ne 'CONFLICT') { $clause = $token; }
		elsif ($clause eq 'condition') { push @{ $arm->{conditions}[-1]{tokens} }, $token; }
		elsif ($clause eq 'SELECT') { push @{ $arm->{list} }, $token; }
		$arm->{before} = ref $token ? '' : $token;
	}
	return $arm;
}

sub take_alias
{
	my ($tokens) = @_;

	shift @$tokens;
	shift @$tokens if is_name($tokens->[0]);
	shift @$tokens if ref $tokens->[0];
	return;
}

# Parts of a query: { verb, tables, conditions, inner queries, ... }.
sub read_arm
{
	my (@tokens) = @_;
	my $arm = { verb => is_word($tokens[0], $QUERY) ? $tokens[0] : '', before => '', rest => [] };

	if ($arm->{verb} eq 'INSERT')
	{
		splice @tokens, 0, 2;
		take_item($arm, \@tokens, 'insert');
		$arm->{columns} = shift @tokens if ref $tokens[0];
	}
	elsif ($arm->{verb} eq 'UPDATE')
	{
		shift @tokens;
		take_item($arm, \@tokens, 'write');
	}
	elsif ($arm->{verb} eq 'DELETE') { shift @tokens; }
	return walk($arm, '', @tokens);
}

# ---------------------------------------------------------------- rules

# Looks through a query and those inside it. The state has the catalogue, complaints, and the tables found.
sub look_through
{
	my ($state, $depth, @tokens) = @_;

	if (is_word($tokens[0], qr/^WITH$/))
	{
		shift @tokens;
		if (is_word($tokens[0], qr/^RECURSIVE$/)) { shift @tokens; complain($state, 'recursive', 'WITH RECURSIVE'); }
		while (is_name($tokens[0]))
		{
			shift @tokens;
			shift @tokens while @tokens && !is_query($tokens[0]);
			look_through($state, $depth + 1, @{ shift @tokens // [] });
			last unless is_word($tokens[0], qr/^,$/);
			shift @tokens;
		}
	}
	for my $part (split_by(qr/^(?:UNION|INTERSECT|EXCEPT)$/, @tokens))
	{
		shift @$part if is_word($part->[0], qr/^(?:ALL|DISTINCT)$/);
		look_at_arm($state, $depth, read_arm(@$part));
	}
	return;
}

sub complain
{
	my ($state, $rule, $detail) = @_;

	push @{ $state->{complaints} }, [ $rule, $detail ];
	return;
}

sub look_at_arm
{
	my ($state, $depth, $arm) = @_;

	$state->{modifies} = 1 if $arm->{verb} =~ /^(?:INSERT|UPDATE|DELETE)$/;
	complain($state, 'lateral', 'LATERAL over unnest') if $arm->{lateral} && $arm->{unnests};
	complain($state, 'from', 'SELECT without FROM') if $arm->{selects} && !$arm->{from} && ($depth > 0 || $arm->{verb} eq 'INSERT');
	complain($state, 'claim', 'INSERT ... SELECT with ' . ($arm->{conflict} ? 'ON CONFLICT' : 'RETURNING'))
	  if $arm->{verb} eq 'INSERT' && $arm->{selects} && ($arm->{conflict} || $arm->{returning});
	look_at_tables($state, $arm);
	look_at_tokens($state, @{ $arm->{rest} });
	look_through($state, $depth + 1, @$_) for @{ $arm->{inner} // [] }, map { inner_queries($_) } @{ $arm->{rest} };
	return;
}

# Queries in parentheses, however deep.
sub inner_queries
{
	my ($token) = @_;

	return () unless ref $token;
	return is_query($token) ? $token : map { inner_queries($_) } @$token;
}

sub look_at_tables
{
	my ($state, $arm) = @_;
	my $bound = bindings_of($arm);
	my @ours = grep { table_of($_->{name}) } @{ $arm->{tables} // [] };
	my @read = grep { $_->{role} ne 'insert' } @ours;

	for my $table (@ours)
	{
		my $name = table_of($table->{name});
		my $known = $state->{catalogue}{$name};
		if (!$known) { complain($state, 'key', "$table->{name} is in no catalogue of tables"); next; }
		my $parameter = sub {
			my ($column) = @_;
			return $bound->{"$table->{alias}.$column"} // (@read == 1 ? $bound->{$column} : undef);
		};
		my $key = $known->{key};
		my ($org, $value) = $table->{role} eq 'insert' ? inserted($arm, $bound, 'org_id', $key // '')
		  : ($parameter->('org_id'), defined $key ? $parameter->($key) : undef);
		complain($state, 'customers', "org_id = $org") if ($org // '') =~ / and /;
		push @{ $state->{tables} }, map { [ $name, $known->{distribution}, $_ ] } defined $value ? split / and /, $value : undef
		  if $known->{distribution} ne 'reference';
		look_at_key($state, $arm, $table, $known, $org, $value);
	}
	return;
}

sub look_at_key
{
	my ($state, $arm, $table, $known, $org, $value) = @_;
	my $writes = $table->{role} eq 'write' || $arm->{locks};
	my $key = $known->{key};

	if ($known->{distribution} eq 'reference')
	{
		complain($state, 'write', "$table->{name} without org_id = \$n")
		  if $table->{role} eq 'write' && $known->{columns}{org_id} && !defined $org;
	}
	elsif (!defined $org || !defined $value)
	{
		complain($state, $writes ? 'write' : 'key', "$table->{name} $table->{alias} without org_id = \$n and $key = \$n");
	}
	return;
}

# What an INSERT gives two columns: parameters, or "rows" where many rows come from arrays; nothing where it is something else.
sub inserted
{
	my ($arm, $bound, @wanted) = @_;
	my @columns = map { $_->[0] // '' } split_by(qr/^,$/, @{ $arm->{columns} // [] });
	my @values = split_by(qr/^,$/, @{ $arm->{row} // $arm->{list} // [] });
	my @found;

	return ('rows', 'rows') if $arm->{unnests} && !grep { $_->{role} eq 'read' } @{ $arm->{tables} };
	for my $wanted (@wanted)
	{
		my ($i) = grep { $columns[$_] eq $wanted } 0 .. $#columns;
		my $value = defined $i ? $values[$i] : undef;
		my $first = $value && @$value == 1 ? $value->[0] : undef;
		push @found, is_parameter($first) ? $first : is_name($first) ? $bound->{$first} : undef;
	}
	return @found;
}

# The first of what is compared or sorted by: a row's parts are looked at in their order.
sub first_of
{
	my ($token) = @_;

	$token = $token->[0] while ref $token && !is_query($token);
	return $token;
}

# Rules about tokens that stand beside each other.
sub look_at_tokens
{
	my ($state, @tokens) = @_;

	for my $i (0 .. $#tokens)
	{
		my ($token, $next) = @tokens[ $i, $i + 1 ];
		complain($state, 'order', first_of($token) . " $next") if is_word(first_of($token), $ID) && is_word($next, qr/^[<>]=?$/);
		if (ref $token)
		{
			look_at_tokens($state, @$token) unless is_query($token);
			next;
		}
		complain($state, 'case', "CASE $next WHEN") if $token eq 'CASE' && is_parameter($next);
		complain($state, 'order', "$token " . first_of($next)) if $token =~ /^[<>]=?$/ && is_word(first_of($next), $ID);
		complain($state, 'order', "$token(" . bare($next) . ')') if $token =~ /^(?:min|max)$/ && ref $next && is_word(bare($next), $ID);
		complain($state, 'order', 'ORDER BY ' . first_of($tokens[ $i + 2 ]))
		  if $token eq 'ORDER' && is_word($next, qr/^BY$/) && is_word(first_of($tokens[ $i + 2 ]), $ID)
		  && !is_word($tokens[ $i + 3 ], qr/^[=<>]/);
		$state->{functions}{$token} = 1 if $token =~ $TIME;
		$state->{functions}{$token} = 1 if $token =~ /^\w[\w.]*$/ && ref $next && $token !~ $NO_FUNCTION && ($i == 0 || $tokens[ $i - 1 ] ne '::');
	}
	return;
}

# Rules about a statement as a whole.
sub look_at_whole
{
	my ($state) = @_;
	my @tables = @{ $state->{tables} // [] };
	my %customers = map { $_->[2] => 1 } grep { $_->[1] eq 'customer' && defined $_->[2] && $_->[2] ne 'rows' } @tables;
	my ($by_value) = grep { $_->[1] eq 'value' } @tables;

	complain($state, 'customers', join ' and ', sort keys %customers) if keys %customers > 1;
	if ($by_value)
	{
		my @others = grep { $_->[0] ne $by_value->[0] || ($_->[2] // '') ne ($by_value->[2] // '') } @tables;
		complain($state, 'alone', "$by_value->[0] and $others[0][0]") if @others;
	}
	unless ($state->{modifies})
	{
		@{ $state->{complaints} } = grep { $_->[0] !~ /^(?:from|lateral|recursive)$/ } @{ $state->{complaints} }
		  if @tables && !$by_value && !grep { $_->[0] =~ /^(?:key|customers|write)$/ } @{ $state->{complaints} };
		return;
	}
	complain($state, 'stable', "$_()") for grep { !$IMMUTABLE{$_} } sort keys %{ $state->{functions} };
	return;
}

# Whether a text is a statement of a verb that is not read, or of one in lower case.
sub is_not_read
{
	my ($sql) = @_;
	my ($verb) = $sql =~ /^[\s(]*([A-Za-z]+)\b/;

	return 0 unless defined $verb;
	return 1 if $sql =~ $BEGIN && $verb ne uc $verb;
	return 0 unless $sql =~ /\bloyalty(?:_data)?"?\./;
	return $verb =~ $NOT_READ || ($verb =~ $KEYWORD && $verb ne uc $verb);
}

# Tokens that are not read as what they are: keywords in lower case, verbs, and names in quotes. left() and right() are functions.
sub unread
{
	my (@tokens) = @_;
	my @found;

	for my $i (0 .. $#tokens)
	{
		my $token = $tokens[$i];
		if (ref $token) { push @found, unread(@$token); }
		elsif ($token =~ /^"/) { push @found, $token if $token ne '"char"' && !($i > 0 && is_word($tokens[ $i - 1 ], qr/^COLLATE$/)); }
		elsif ($token =~ $NOT_READ || ($token =~ $KEYWORD && $token ne uc $token)) { push @found, $token; }
		elsif ($token =~ /^(?:left|right)$/i) { push @found, $token unless $token eq uc $token || ref $tokens[ $i + 1 ]; }
	}
	return @found;
}

# What is wrong with a text: [rule, detail] each, each rule once. Nothing for what is no statement.
sub complaints
{
	my ($catalogue, $sql) = @_;
	my %state = (catalogue => $catalogue, complaints => []);
	my %seen;

	return [ 'lock', 'LOCK TABLE' ] if $sql =~ /^\s*LOCK TABLE\b/;
	return [ 'form', substr $sql, 0, 50 ] if is_not_read($sql);
	if ($sql !~ /^\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH)\b/)
	{
		return $sql =~ /\bloyalty_data\.(?:\w|%)/ && $sql =~ /\b(?:SELECT|FROM|JOIN|WHERE|UPDATE)\b/ ? [ 'built', substr $sql, 0, 50 ] : ();
	}
	return [ 'built', substr $sql, 0, 50 ] if $sql =~ s/'(?:[^']|'')*'//gr =~ /\?(?!$)|%s/;
	my @tokens = @{ parse($sql =~ s/\?$//r) };
	my ($unread) = unread(@tokens);
	return [ 'form', $unread ] if defined $unread;
	look_through(\%state, 0, @tokens);
	look_at_whole(\%state);
	return grep { !$seen{ $_->[0] }++ } @{ $state{complaints} };
}

# ---------------------------------------------------------------- the reviewed list

# What the list lets pass: { "rule file: name" => line }. Beneath a paragraph "[rule] reason" stand "file: name, name".
sub reviewed
{
	my ($text) = @_;
	my ($rule, $number, %passed, @problems) = ('', 0);

	for my $line (split /\n/, $text)
	{
		$number++;
		if ($line =~ /^\[(\w+)\] \S/) { $rule = $1; }
		elsif ($line =~ m{^    ([\w/]+): (\w+(?:, \w+)*)$} && $rule)
		{
			my ($file, $names) = ($1, $2);
			for my $name (split /, /, $names)
			{
				push @problems, "line $number: $rule $file: $name stands twice" if $passed{"$rule $file: $name"};
				$passed{"$rule $file: $name"} = $number;
			}
		}
		elsif ($line =~ /^\s+\S|^\[/) { push @problems, "line $number is no reason and no list of statements"; }
	}
	return (\%passed, @problems);
}

1;
