#include "feed_system.h"

static const struct {
	struct span text;    /* small letters */
	struct span os;	     /* empty: known not to be one */
	struct span release; /* where no number follows */
} systems[] = {
    {{"fedora epel", 11}, {"", 0}, {"", 0}},
    {{"amazon linux ami", 16}, {"amzn", 4}, {"2018.03", 7}},
    {{"amazon linux", 12}, {"amzn", 4}, {"", 0}},
    {{"almalinux", 9}, {"almalinux", 9}, {"", 0}},
    {{"rocky linux", 11}, {"rocky", 5}, {"", 0}},
    {{"centos", 6}, {"centos", 6}, {"", 0}},
    {{"fedora", 6}, {"fedora", 6}, {"", 0}},
    {{"oracle linux", 12}, {"ol", 2}, {"", 0}},
    {{"red hat enterprise linux", 24}, {"rhel", 4}, {"", 0}},
    {{"red hat coreos", 14}, {"", 0}, {"", 0}},
    {{"opensuse leap micro", 19}, {"opensuse-leap-micro", 19}, {"", 0}},
    {{"opensuse leap", 13}, {"opensuse-leap", 13}, {"", 0}},
    {{"opensuse tumbleweed", 19}, {"opensuse-tumbleweed", 19}, {"", 0}},
    {{"opensuse", 8}, {"opensuse", 8}, {"", 0}},
    {{"suse linux enterprise server", 28}, {"sles", 4}, {"", 0}},
    {{"suse linux enterprise desktop", 29}, {"sled", 4}, {"", 0}},
    {{"suse linux enterprise micro", 27}, {"sle-micro", 9}, {"", 0}},
    {{"suse linux micro", 16}, {"sl-micro", 8}, {"", 0}},
    {{"debian", 6}, {"debian", 6}, {"", 0}},
    {{"ubuntu", 6}, {"ubuntu", 6}, {"", 0}},
    {{"cbl-mariner", 11}, {"mariner", 7}, {"", 0}},
    {{"azure linux", 11}, {"azurelinux", 10}, {"", 0}},
};

static char
small(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c - 'A' + 'a');
	return c == '-' ? ' ' : c;
}

/* Does text go on with these words, "-" being as good as a blank? */
static bool
goes_on(struct span text, struct span words)
{
	if (text.n < words.n)
		return false;
	for (size_t i = 0; i < words.n; i++)
		if (small(text.p[i]) != small(words.p[i]))
			return false;
	return true;
}

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The first number in text, with its parts behind dots. */
static struct span
number_in(struct span text)
{
	struct span number;

	while (text.n > 0 && !digit(text.p[0]))
		text = span_skip(text, 1);
	number = text;
	number.n = 0;
	while (number.n < text.n &&
	       (digit(text.p[number.n]) ||
		   (text.p[number.n] == '.' && number.n + 1 < text.n &&
		       digit(text.p[number.n + 1]))))
		number.n++;
	return number;
}

/* The 3 of "15 SP3"; text begins behind the 15. */
static struct span
pack_in(struct span text)
{
	struct span none = {"", 0};

	return goes_on(text, SPAN(" sp")) && text.n > 3 && digit(text.p[3])
		   ? number_in(text)
		   : none;
}

struct feed_system
feed_system_in(struct span text)
{
	struct feed_system found = {SPAN(""), SPAN(""), SPAN("")};

	for (; text.n > 0; text = span_skip(text, 1))
		for (size_t i = 0; i < sizeof(systems) / sizeof(systems[0]);
		     i++) {
			if (!goes_on(text, systems[i].text))
				continue;
			found.os = systems[i].os;
			found.release = number_in(
			    span_skip(text, systems[i].text.n));
			if (found.release.n > 0)
				found.pack = pack_in(span_skip(
				    text, (size_t)(found.release.p +
						   found.release.n - text.p)));
			if (systems[i].release.n > 0)
				found.release = systems[i].release;
			return found;
		}
	return found;
}

struct span
feed_dist_number(struct span release)
{
	static const struct span tags[] = {{"el", 2}, {"fc", 2}, {"amzn", 4}};
	struct span none = {"", 0};

	for (size_t at = 1; at < release.n; at++) {
		struct span rest = span_skip(release, at);

		if (release.p[at - 1] != '.' && release.p[at - 1] != '+')
			continue;
		for (size_t i = 0; i < 3; i++)
			if (span_starts(rest, tags[i]) && rest.n > tags[i].n &&
			    digit(rest.p[tags[i].n])) {
				rest = number_in(rest);
				/* the one that os-release calls 2018.03 */
				if (i == 2 && span_is(rest, "1"))
					return (struct span){"2018.03", 7};
				if (span_find(rest, '.') != NULL)
					rest.n = (size_t)(span_find(rest, '.') -
							  rest.p);
				return rest;
			}
	}
	return none;
}
