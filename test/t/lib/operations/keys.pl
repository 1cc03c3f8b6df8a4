# Rotations of the key of hashes, in the midst of everything else. A key is appended to the file that all sessions read:
# new ones use it at once, others when they meet what it hashed. No answer tells of it.

package LoyaltyProperty::Keys;

use strict;
use warnings;

use LoyaltyModel;
use LoyaltyProperty;

# The shell command that appends a key to a file, which never gets more than it may hold; ids do not ascend.
my $APPEND = <<'END';
cat >/dev/null; f="%s"; exec 9>"$f.lock"; flock 9; n=$(grep -c . "$f");
[ $n -ge 60 ] || echo "$(((n * 7919) %% 32767 + 1)) $(head -c 32 /dev/urandom | od -An -tx1 | tr -d " \n")" >>"$f"
END

# A file holds 64 keys, and all seeds share it. A seed alone makes as many as among the others, or it would not be repeated.
sub most
{
	return 1 + int(50 / ($ENV{LOYALTY_SEEDS} // 32));
}

sub random_rotation
{
	my ($org) = @_;

	return if ++$world->{rotations} > most();
	my $command = join ' ', split /\n/, $APPEND =~ s/%s/' || current_setting('loyalty.key_file') || '/r =~ s/%%/%/r;
	return plan_call('rotate_key', $org, undef, {}, {},
		sql => "DO \$do\$ BEGIN EXECUTE format('COPY (SELECT 1) TO PROGRAM %L', '$command'); END \$do\$");
}

operation(
	name      => 'rotate_key',
	choices   => [ 0.4 => \&random_rotation ],
	procedure => 1);

1;
