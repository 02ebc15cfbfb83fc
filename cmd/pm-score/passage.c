#include "passage.h"

static bool
fits(const struct firewall_rule *rule, const struct target *target)
{
	return (rule->proto.p == NULL ||
		   span_list_has(rule->proto, target->proto)) &&
	       (rule->port.p == NULL || ports_have(rule->port, target->port)) &&
	       (rule->destination == NULL ||
		   address_set_has(rule->destination, &target->address));
}

/* Leave of the sources those that the chain lets through to the target. */
static void
filter(const struct firewall_chain *chain, const struct target *target,
    struct address_set *sources, struct pass *pass)
{
	struct address_set passed = {0};

	for (size_t i = 0; i < chain->count && sources->count > 0; i++) {
		const struct firewall_rule *rule = &chain->rules[i];
		size_t before = passed.count;

		if (!fits(rule, target))
			continue;
		if (!rule->accept) {
			if (!rule->conditional)
				address_set_subtract(sources, rule->source);
			continue;
		}
		address_set_move(sources, rule->source, &passed);
		if (passed.count > before && !pass->set)
			*pass = (struct pass){
			    chain->firewall, rule->number, true};
	}
	address_set_release(sources);
	*sources = passed;
}

/* Does the chain see traffic of the address's family at all? */
static bool
speaks(const struct firewall_chain *chain, const struct address *address)
{
	struct address_set family = {0};
	struct span bad;
	bool found = false;

	/* Addresses in use: ::/3 would take in those of IPv4. */
	address_set_parse(&family,
	    address_is_v4(address) ? SPAN("0.0.0.0/0")
				   : SPAN("2000::/3,fc00::/7,fe80::/10"),
	    &bad);
	for (size_t i = 0; i < chain->count && !found; i++) {
		const struct firewall_rule *rule = &chain->rules[i];

		found = (rule->source == NULL ||
			    address_set_meets(rule->source, &family)) &&
			(rule->destination == NULL ||
			    address_set_meets(rule->destination, &family));
	}
	address_set_release(&family);
	return found;
}

/* Does some rule of the chain name the address as a destination? */
static bool
names(const struct firewall_chain *chain, const struct address *address)
{
	for (size_t i = 0; i < chain->count; i++)
		if (chain->rules[i].destination != NULL &&
		    address_set_has(chain->rules[i].destination, address))
			return true;
	return false;
}

static bool
is_path(const struct firewalls *firewalls, const struct firewall_chain *chain,
    const char *path)
{
	return span_is(intern_span(&firewalls->texts, chain->path), path);
}

bool
passage_guards(
    const struct standing *standing, const struct firewall_chain *chain)
{
	return standing->host != 0 && chain->firewall == standing->host &&
	       is_path(standing->firewalls, chain, "input") &&
	       speaks(chain, standing->address);
}

bool
passage_stands_before(const struct standing *standing, uint32_t firewall)
{
	const struct firewalls *firewalls = standing->firewalls;

	if (firewall == standing->host)
		return false;
	for (size_t i = 0; i < firewalls->count; i++)
		if (firewalls->chains[i].firewall == firewall &&
		    is_path(firewalls, &firewalls->chains[i], "forward") &&
		    names(&firewalls->chains[i], standing->address))
			return true;
	return false;
}

/* Through all chains of one firewall. */
static void
through(const struct standing *standing, uint32_t firewall,
    const struct target *target, struct address_set *sources, struct pass *pass)
{
	const struct firewalls *firewalls = standing->firewalls;

	for (size_t i = 0; i < firewalls->count; i++) {
		const struct firewall_chain *chain = &firewalls->chains[i];

		if (chain->firewall == firewall &&
		    is_path(firewalls, chain, "forward") &&
		    speaks(chain, standing->address))
			filter(chain, target, sources, pass);
	}
}

/* Is this the first chain of its firewall? */
static bool
is_first(const struct firewalls *firewalls, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (firewalls->chains[i].firewall ==
		    firewalls->chains[at].firewall)
			return false;
	return true;
}

bool
passage_open(const struct standing *standing, const struct target *target,
    const char *from, bool before, struct pass *pass)
{
	const struct firewalls *firewalls = standing->firewalls;
	struct address_set sources = {0}, some = {0};
	struct span bad;
	bool any = false, result;

	*pass = (struct pass){.set = false};
	address_set_parse(&sources, span_of(from), &bad);
	for (size_t i = 0; before && i < firewalls->count; i++) {
		uint32_t firewall = firewalls->chains[i].firewall;
		struct address_set part = {0};

		if (!is_first(firewalls, i) ||
		    !passage_stands_before(standing, firewall))
			continue;
		any = true;
		address_set_copy(&part, &sources);
		through(standing, firewall, target, &part, pass);
		address_set_move(&part, NULL, &some);
		address_set_release(&part);
	}
	if (any) {
		address_set_release(&sources);
		sources = some;
	}
	for (size_t i = 0; i < firewalls->count; i++)
		if (passage_guards(standing, &firewalls->chains[i]))
			filter(&firewalls->chains[i], target, &sources, pass);
	result = sources.count > 0;
	address_set_release(&sources);
	return result;
}
