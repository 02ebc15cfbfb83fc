#!/usr/bin/perl
# wesng's definitions as the catalogue of pm-match, for the given products.
#	wesng_feed.pl PRODUCT... <CVEs.csv
# A row belongs to a product when its own contains the name, but not with a
# service pack behind it, as wesng has it.
use strict;
use warnings;

my @products = @ARGV;
my (%cves, %supersedes, %component, %unnumbered);

while (my $line = <STDIN>) {
	# a quoted field may hold a line break
	while (($line =~ tr/"//) % 2) {
		my $more = <STDIN>;
		last unless defined $more;
		$line .= $more;
	}
	my @match = grep { index($line, $_) >= 0 } @products or next;
	my @field = $line =~ /"((?:[^"]|"")*)"/g;
	my (undef, $cve, $kb, undef, $product, undef, undef, undef, $old) = @field;
	for my $name (@match) {
		next if index($product, $name) < 0 ||
		    index($product, "$name Service Pack") >= 0;
		if ($kb !~ /^\d+$/) {
			$unnumbered{$name}++;
			next;
		}
		$cves{$name}{$kb}{$cve} = 1 if $cve =~ /^CVE-/;
		$component{$name}{$kb}{$product} = 1;
		$supersedes{$name}{$kb}{"KB$_"} = 1 for grep { /^\d+\z/ } split /[;\s]+/, $old;
	}
}
sub row { print join("\t", map { defined $_ && $_ ne '' ? $_ : '-' } @_), "\n" }
sub list { join ',', sort keys %{$_[0] || {}} }

row('#feed', qw(feed os release date kind));
row('feed', 'wesng', 'windows', $_, '2026-06-28T00:00:00Z', 'advisories')
    for sort keys %component;
row('#adv', qw(adv os release by package fixed state cves supersedes source feed));
for my $name (sort keys %component) {
	for my $kb (sort keys %{$component{$name}}) {
		my @own = grep { /^(Microsoft )?\Q$name\E/ }
		    keys %{$component{$name}{$kb}};
		row('adv', "KB$kb", 'windows', $name, 'binary', "KB$kb", '-',
		    'fixed', list($cves{$name}{$kb}), list($supersedes{$name}{$kb}),
		    @own ? '-' : (sort keys %{$component{$name}{$kb}})[0], 'wesng');
	}
}
