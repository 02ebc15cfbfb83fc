#!/usr/bin/perl
# OSV, one advisory a line, as the catalogue of pm-match.
#	osv_feed.pl ECOSYSTEM OS RELEASE FEED <advisories.ndjson
use strict;
use warnings;
use JSON::PP;

my ($ecosystem, $os, $release, $feed) = @ARGV;

sub row { print join("\t", map { defined $_ && $_ ne '' ? $_ : '-' } @_), "\n" }

row('#feed', qw(feed os release date kind));
row('feed', $feed, $os, $release, '2025-12-31T00:00:00Z', 'advisories');
row('#adv', qw(adv os release by package introduced fixed state cves feed));
while (my $line = <STDIN>) {
	my $advisory = decode_json($line);
	my %cves = map { $_ => 1 } grep { /^CVE-/ } @{$advisory->{related} || []};
	for my $affected (@{$advisory->{affected}}) {
		next if $affected->{package}{ecosystem} ne $ecosystem;
		for my $range (@{$affected->{ranges}}) {
			my $introduced = '-';
			for my $event (@{$range->{events}}) {
				$introduced = $event->{introduced} || '-'
				    if exists $event->{introduced};
				row('adv', $advisory->{id}, $os, $release, 'binary',
				    $affected->{package}{name}, $introduced,
				    $event->{fixed}, 'fixed',
				    join(',', sort keys %cves), $feed)
				    if exists $event->{fixed};
			}
		}
	}
}
