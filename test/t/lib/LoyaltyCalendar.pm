package LoyaltyModel;

# Numbers and dates of the model: points in whole thousandths, times in microseconds, zones by the C library.

use strict;
use warnings;
use integer;

use POSIX ();

use constant {
	MICROS => 1_000_000,
	MAX    => 999_999_999_999_999_999,    # numeric(18,3), in thousandths
	TENTHS => [ 1000, 100, 10, 1 ],       # thousandths in the last decimal that a program keeps
};

# ---- numbers

# A decimal as thousandths, and whether it has more than three decimals. undef: not finite.
sub parse_decimal
{
	my ($text) = @_;

	return (undef, 0) if $text =~ /^[+-]?(nan|inf)/i;
	my ($sign, $whole, $part) = $text =~ /^(-?)(\d+)(?:\.(\d*))?$/ or die "no decimal: $text";
	$part = '' unless defined $part;
	$part =~ s/0+$//;
	my $fine = length($part) > 3 ? 1 : 0;
	$whole =~ s/^0+(?=\d)//;
	return (length($sign) ? -MAX - 1 : MAX + 1, $fine) if length($whole) > 15;
	my $value = $whole * 1000 + substr($part . '000', 0, 3);
	return (length($sign) ? -$value : $value, $fine);
}

sub format_points
{
	my ($value) = @_;

	my $sign = $value < 0 ? '-' : '';
	$value = -$value if $value < 0;
	my $text = sprintf '%s%d.%03d', $sign, $value / 1000, $value % 1000;
	$text =~ s/\.?0+$//;
	return $text;
}

# amount (thousandths) x rate (millionths), rounded to the decimals of the program; thousandths.
sub computed_points
{
	my ($amount, $rate, $decimals, $rounding) = @_;

	my $unit = 1_000_000 * TENTHS->[$decimals];
	my $raw  = $amount * $rate;
	my ($quotient, $rest) = ($raw / $unit, $raw % $unit);
	my $up =
		$rest == 0               ? 0
	  : $rounding eq 'ceiling'   ? 1
	  : $rounding eq 'floor'     ? 0
	  : 2 * $rest > $unit        ? 1
	  : 2 * $rest < $unit        ? 0
	  : $rounding eq 'half_up'   ? 1
	  : $rounding eq 'half_down' ? 0
	  : $rounding eq 'half_even' ? $quotient % 2
	  :                            die "no rounding: $rounding";
	return ($quotient + $up) * TENTHS->[$decimals];
}

# ---- dates

sub days_from_date
{
	my ($year, $month, $day) = @_;

	$year-- if $month <= 2;
	my $era = $year / 400;
	my $yoe = $year - $era * 400;
	my $doy = (153 * ($month + ($month > 2 ? -3 : 9)) + 2) / 5 + $day - 1;
	return $era * 146097 + $yoe * 365 + $yoe / 4 - $yoe / 100 + $doy - 719468;
}

sub date_from_days
{
	my ($days) = @_;

	$days += 719468;
	my $era   = $days / 146097;
	my $doe   = $days - $era * 146097;
	my $yoe   = ($doe - $doe / 1460 + $doe / 36524 - $doe / 146096) / 365;
	my $doy   = $doe - (365 * $yoe + $yoe / 4 - $yoe / 100);
	my $mp    = (5 * $doy + 2) / 153;
	my $month = $mp + ($mp < 10 ? 3 : -9);
	return ($yoe + $era * 400 + ($month <= 2 ? 1 : 0), $month, $doy - (153 * $mp + 2) / 5 + 1);
}

sub format_date
{
	return sprintf '%04d-%02d-%02d', date_from_days($_[0]);
}

sub format_time
{
	my ($time) = @_;

	my ($seconds, $micros) = ($time / MICROS, $time % MICROS);
	return sprintf '%s %02d:%02d:%02d.%06d+00', format_date($seconds / 86400), $seconds / 3600 % 24,
	  $seconds / 60 % 60, $seconds % 60, $micros;
}

# Zone rules come from the C library, which reads the zone files by itself.
my $zone_in_force = '';
my $zone_of_caller;

sub _zone_local
{
	my ($zone, $seconds) = @_;

	if ($zone ne $zone_in_force)
	{
		$zone_of_caller = [ $ENV{TZ} ] unless $zone_of_caller;
		$ENV{TZ} = $zone;
		POSIX::tzset();
		$zone_in_force = $zone;
	}
	return localtime($seconds);
}

# Programs started later must not inherit the zone of the last org.
sub leave_zone
{
	return unless $zone_of_caller;
	if   (defined $zone_of_caller->[0]) { $ENV{TZ} = $zone_of_caller->[0]; }
	else                                { delete $ENV{TZ}; }
	POSIX::tzset();
	($zone_in_force, $zone_of_caller) = ('', undef);
	return;
}

sub zone_known
{
	my ($zone) = @_;

	my ($root) = grep { -d } $ENV{TZDIR} // (), '/usr/share/zoneinfo', '/usr/lib/zoneinfo';
	return defined $root && -e "$root/$zone";
}

my %local_date;

sub local_date
{
	my ($zone, $time) = @_;

	my $hour = $time / MICROS / 900;    # no zone changes its date within a quarter of an hour
	return $local_date{$zone}{$hour} //= do
	{
		my @local = _zone_local($zone, $hour * 900);
		days_from_date($local[5] + 1900, $local[4] + 1, $local[3]);
	};
}

# The first instant whose local date is the given one; where the zone skips that day, the first one after it.
my %day_start;

sub day_start
{
	my ($zone, $date) = @_;

	return $day_start{$zone}{$date} //= do
	{
		my ($low, $high) = ($date * 86400 - 2 * 86400, $date * 86400 + 2 * 86400);
		while ($high - $low > 1)
		{
			my $middle = ($low + $high) / 2;
			my @local  = _zone_local($zone, $middle);
			if (days_from_date($local[5] + 1900, $local[4] + 1, $local[3]) >= $date) { $high = $middle; }
			else                                                                    { $low  = $middle; }
		}
		$high * MICROS;
	};
}

1;
