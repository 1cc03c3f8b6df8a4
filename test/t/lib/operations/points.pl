# Earning and redeeming, by themselves and by customers who are not enrolled.

package LoyaltyProperty::Points;

use strict;
use warnings;

use LoyaltyModel;
use LoyaltyProperty;

sub random_earn
{
	my ($org, $spoiled) = @_;

	my $customer = some_member($org) or return;
	my %given = (event_time => some_time($org, $customer));
	$given{program}    = one_of(@{ $org->{programs} })->{name} if $spoiled || chance(0.75);
	$given{till}       = one_of(sort keys %{ $org->{tills} }) if chance(0.3);
	$given{category}   = one_of(@LoyaltyModel::CATEGORIES) if chance(0.4);
	$given{event_name} = one_of(qw(points_award goodwill generic_event bulk_award target_completed
		  registration_award registration_award)) if chance(0.3);
	$given{source}     = 'ECOMMERCE' if chance(0.1);
	$given{reason}     = q(it's a reason) if chance(0.1);
	my $time    = $given{event_time} // $org->{clock};
	my $program = $org->_award_program(\%given);
	$given{points} = some_points($program->{decimals});
	$given{expires_at} = $time + one_of(1, SECOND, between(1, 50 * DAY), between(1, 50 * DAY)) if chance(0.25);
	$given{redeemable_from} = $time + one_of(0, 1, between(-DAY, 10 * DAY), between(0, 30 * DAY)) if chance(0.15);
	if (!$spoiled && !$customer->{rich} && chance(0.15))
	{
		use_card($org, $customer, \%given);
		$given{points} = some_points($org->_award_program(\%given)->{decimals});
	}

	if ($spoiled)
	{
		delete $given{category};
		$given{program} = $org->{programs}[1]{name};    # no fixed date that would be refused first
		$given{points}  = some_points(0);
		my ($spoiled_given, $raw) = spoil(
			\%given,
			writing_errors($org, $customer),
			point_errors($org->{programs}[1]{decimals}),
			[ 'LY003', {}, { category        => "'gold'" } ],
			[ 'LY415', {}, { event_name      => "'nosuch'" } ],
			[ 'LY415', {}, { event_name      => "'customer_registration'" } ],
			[ 'LY015', {}, { expires_at      => "'infinity'" } ],
			[ 'LY015', {}, { redeemable_from => "'-infinity'" } ],
			[ undef, { expires_at => $time - one_of(0, 1, DAY) } ]);
		delete $spoiled_given->{expires_at}
		  if defined $spoiled_given->{event_time} && defined $given{expires_at};
		return write_call('earn', $org, $customer, $spoiled_given, $raw);
	}
	$given{points} = '999999999999999.999' if $customer->{rich} && chance(0.05);
	if ($customer->{rich} && thousandths($given{points}) > 1_000_000_000)
	{
		$given{program}  = $org->{programs}[3]{name};    # keeps three decimals
		$given{category} = 'regular';
	}
	return write_call('earn', $org, $customer, \%given);
}

sub random_redeem
{
	my ($org, $spoiled) = @_;

	my $customer = some_member($org) or return;
	my %given = (event_time => some_time($org, $customer));
	my $which = $spoiled ? 'one' : weighted(45, 'one', 30, 'all', 25, 'usual');
	if ($which eq 'one')
	{
		my @held = grep { $customer->{accounts}{$_}{regular}{balance} } sort keys %{ $customer->{accounts} };
		$given{program} = @held && chance(0.85) ? one_of(@held) : one_of(@{ $org->{programs} })->{name};
	}
	$given{program} = 'ALL' if $which eq 'all';
	$given{till} = one_of(sort keys %{ $org->{tills} }) if chance($which eq 'usual' ? 0.5 : 0.2);
	$given{reason} = 'a gift' if chance(0.1);
	use_card($org, $customer, \%given) if !$spoiled && chance($which eq 'usual' ? 0.5 : 0.1);
	my $payer    = $org->payer(\%given);
	my @accounts = $org->redeem_accounts($customer, $payer);
	my $decimals = max(map { $_->{decimals} } $org->paying_programs(\%given));
	my $step      = 10**(3 - $decimals);
	my $time      = $given{event_time} // $org->{clock};
	my $effective = $org->_effective($time, @accounts);
	my $available = $org->available(\@accounts, $effective);
	$available -= $available % $step;

	if ($spoiled)
	{
		$given{points} = $available ? points_text($step) : '1';
		return if $available < $step;
		return if $org->_judge_redemption($customer, $step, \%given, \@accounts, $effective)->{condition};
		my ($spoiled_given, $raw) = spoil(
			\%given,
			writing_errors($org, $customer),
			point_errors($decimals),
			[ 'LY411', {}, { transaction_number => "'nosuch'" } ],
			[ undef, { points => points_text($available + $step) } ]);
		return write_call('redeem', $org, $customer, $spoiled_given, $raw);
	}
	name_bill($org, $customer, \%given) if chance(0.2);
	$given{points} =
	    $available < $step ? some_points($decimals)
	  : weighted(
		50, sub { some_points($decimals, $available) },
		20, sub { some_points($decimals, min($available, 20_000)) },
		18, sub { points_text($available) },
		12, sub { points_text($available + $step) })->();
	my @limits = defined $payer ? limits($org, $customer, $org->{program}{$payer}, $effective, $available) : ();
	$given{points} = points_text(one_of(@limits)) if @limits && chance(0.6);
	$given{up_to} = 'true' if chance(0.12);
	$given{up_to} = 'false' if chance(0.05);
	plan_dry_run($org, $customer, %given) if chance(0.35);
	write_call('redeem', $org, $customer, \%given);
	plan_refusal($org, $customer) if chance(0.5);
	redeem_what_is_left($org, $customer, $payer, $given{event_time}) if defined $payer && chance(0.7);
	return;
}

# Takes what caps leave after another redemption, twice: the second time it may be nothing.
sub redeem_what_is_left
{
	my ($org, $customer, $name, $time) = @_;

	my $program = $org->{program}{$name};
	my $rules   = $program->{redemption} // {};
	return if !grep { defined $rules->{$_} } qw(per_day per_week per_month multiple);
	for (1 .. 2)
	{
		my %given = (program => $name, event_time => $time, points => some_points($program->{decimals}), up_to => 'true');
		write_call('redeem', $org, $customer, \%given);
		plan_refusal($org, $customer);
	}
	return;
}

# What the redemption that was just planned says where a condition refuses it.
sub plan_refusal
{
	my ($org, $customer) = @_;

	my $refused = $world->{plan}[-1];
	my $judged  = $refused->{want}{judged} or return;
	my ($required, $actual) = map { points_text($judged->{$_}) } qw(required actual);
	my $text =
		$judged->{condition} eq 'available'
	  ? "not enough points are available: Available are $actual points, asked for are $required."
	  : qq(the redemption does not meet a condition of program "$judged->{program}{name}":)
	  . " Condition $judged->{condition}: $required points; here it is $actual.";
	return plan_call('refusal', $org, $customer->{handle}, {}, { text => $text },
		sql => 'SELECT public.refusal(' . quoted($refused->{sql}) . ')');
}

# Points at the limits of what a program lets through, and a step beyond.
sub limits
{
	my ($org, $customer, $program, $effective, $available) = @_;

	my $rules  = $program->{redemption} // {};
	my $step   = 10**(3 - $program->{decimals});
	my @limits = grep { defined } @$rules{qw(minimum maximum)};
	my $today  = LoyaltyModel::local_date($org->{zone}, $effective);
	push @limits, $rules->{multiple} * between(1, max(1, int($available / $rules->{multiple}))) if $rules->{multiple};
	for my $cap (grep { defined $rules->{$_} } qw(per_day per_week per_month))
	{
		my $since = LoyaltyModel::_period_start($cap, $today);
		push @limits, $rules->{$cap} - ($org->_recent($customer, $program, 'points_redemption', $since))[0];
	}
	return grep { $_ > 0 } map { ($_, $_ - $step, $_ + $step) } map { $_ - $_ % $step } @limits;
}

# The dry run of a redemption.
sub plan_dry_run
{
	my ($org, $customer, %given) = @_;

	return if $customer->{rich};
	my $raw = chance(0.2) ? { idempotency_key => "'asked, not looked for'" } : undef;
	return plan_call('is_redeemable', $org, $customer->{handle}, \%given,
		$org->is_redeemable($customer->{handle}, call => 'redeem', %given), raw => $raw);
}

sub random_dry_run
{
	my ($org) = @_;

	my $customer = one_of(some_customer($org), one_of(@{ $org->{customers} })) or return;
	return unless defined $customer->{id};
	my %given = (event_time => chance(0.5) ? undef : some_time($org, $customer));
	my @unopened = grep { !$customer->{accounts}{ $_->{name} } } @{ $org->{programs} };
	$given{program} = one_of(@unopened && chance(0.8) ? @unopened : @{ $org->{programs} })->{name} if chance(0.6);
	$given{program} //= 'ALL' if chance(0.5);
	$given{till} = one_of(sort keys %{ $org->{tills} }) if chance(0.3);
	$given{up_to} = one_of('true', 'false') if chance(0.3);
	use_card($org, $customer, \%given)  if chance(0.3);
	name_bill($org, $customer, \%given) if chance(0.2);
	$given{points} = chance(0.9) ? some_points(0) : one_of('0', '-1', 'NaN', '1000000000000000', '0.00001');
	return plan_dry_run($org, $customer, %given);
}

# Somebody who is not enrolled has no points.
sub random_guest
{
	my ($org) = @_;

	my $customer = one_of(grep { !$_->{loyal} && defined $_->{id} } @{ $org->{customers} }) or return;
	return plan_balance($org, $customer) if chance(0.3);
	return write_call(one_of('earn', 'redeem'), $org, $customer, { points => '1', program => 'base' });
}

# What both answer: a new event, the points and the regular balance after it.
sub judge_points
{
	my ($planned, $event, $points, $current) = @_;

	my $want = $planned->{want};
	my $line = points_text($want->{points}) . '|' . points_text($want->{current_points});
	return $line if plain($points) . '|' . plain($current) ne $line;
	return new_id('event', $event) ? undef : 'a new event id';
}

# The same arguments in another function.
sub other_call
{
	my ($other) = @_;

	return sub {
		my ($given) = @_;
		delete @$given{qw(category event_name expires_at redeemable_from transaction_number transaction_till up_to)};
		return $other;
	};
}

operation(
	name      => 'earn',
	choices   => [ 27 => sub { random_earn($_[0], 0) }, 4 => sub { random_earn($_[0], 1) }, 0.5 => \&random_guest ],
	function  => 'earn_points',
	arguments => [
		qw(org customer_id points category event_name expires_at redeemable_from program event_time till reason source
		  actor idempotency_key card_number)
	],
	usual   => { category => 'regular', event_name => 'points_award' },
	columns => 'r.event_id, r.lot_id, r.points, r.current_points, ' . us('r.expires_at'),
	judge   => sub {
		my ($planned, $event, $lot, $points, $current, $expires) = @_;

		my $wanted = $planned->{want}{expires_at} // '~';
		return "expires_at $wanted" if $expires ne $wanted;
		return 'a new lot id' unless new_id('lot', $lot);
		return judge_points($planned, $event, $points, $current);
	},
	changed => other_call('redeem'));

my @redeem_arguments = qw(org customer_id points transaction_number transaction_till up_to program event_time till reason
  source actor idempotency_key card_number);

operation(
	name      => 'redeem',
	choices   => [ 19 => sub { random_redeem($_[0], 0) }, 3 => sub { random_redeem($_[0], 1) } ],
	function  => 'redeem_points',
	arguments => \@redeem_arguments,
	usual     => { up_to => 'false' },
	columns => 'r.event_id, r.redemption_id, r.points, r.current_points',
	judge   => sub {
		my ($planned, $event, $redemption, $points, $current) = @_;

		return 'a redemption id of six characters' if $redemption !~ /^[0-9A-Za-z]{6}$/;
		return 'a redemption id of its own'
		  if $world->{redemption_ids}{"$planned->{org}{org} $planned->{handle} $redemption"}++;
		return judge_points($planned, $event, $points, $current);
	},
	changed => other_call('earn'));

operation(
	name  => 'refusal',
	judge => sub { return $_[1] eq $_[0]{want}{text} ? undef : $_[0]{want}{text} });

operation(
	name      => 'is_redeemable',
	choices   => [ 3 => \&random_dry_run ],
	function  => 'is_redeemable',
	arguments => \@redeem_arguments,
	columns   => 'r.redeemable, r.points, r.failed_condition, r.failed_program, r.required, r.actual, r.available_points,'
	  . ' r.currency_value',
	judge => sub {
		my ($planned, @columns) = @_;

		my $want = $planned->{want};
		my $line = join '|', $want->{condition} ? ('f', 0) : ('t', points_text($want->{points})), $want->{condition} // '~', $want->{failed_program} // '~',
		  map { defined $want->{$_} ? points_text($want->{$_}) : '~' } qw(required actual available value);
		return join('|', map { plain($_) } @columns) eq $line ? undef : $line;
	});

1;
