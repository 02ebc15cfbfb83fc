/*
 * Microsoft's monthly security updates in CVRF 1.1 (ICASI, "The Common
 * Vulnerability Reporting Framework"), as the MSRC's interface gives them: the
 * product tree, and vulnerabilities with a severity and a remediation (an
 * update, its build and what it supersedes) for each product.
 */
#include "feed_xml.h"
#include "intern.h"
#include "microsoft.h"
#include "timestamp.h"

static const struct option_row options[] = {FEED_OPTION_NAME, FEED_OPTION_END};

static const struct program program = {
    .name = "pm-collect",
    .synopsis = "cvrf [options] [FILE ...]",
    .summary = "Microsoft's monthly updates, CVRF XML of the MSRC",
    .examples = "pm-collect cvrf 2024-Mar.xml\n"
		"curl -s URL/cvrf/v3.0/cvrf/2024-Mar | pm-collect cvrf | "
		"pm-match - hosts.tsv",
    .options = options,
};

enum {
	ROOT = 1,
	CURRENT_DATE,
	INITIAL_DATE,
	PRODUCT,
	VULNERABILITY,
	TITLE,
	CVE,
	THREAT,
	REMEDIATION,
	DESCRIPTION,
	PRODUCT_ID,
	SUPERCEDENCE,
	RESTART,
	BUILD,
	SCORE_SET,
	SCORE,
	VECTOR
};

static const char *const elements[] = {"cvrfdoc", "CurrentReleaseDate",
    "InitialReleaseDate", "FullProductName", "Vulnerability", "Title", "CVE",
    "Threat", "Remediation", "Description", "ProductID", "Supercedence",
    "RestartRequired", "FixedBuild", "ScoreSet", "BaseScore", "Vector", NULL};

static struct feed_xml xml;
static struct intern ids;  /* of products */
static uint32_t *products; /* their names in `names`, by number of the id */
static size_t product_capacity;
static struct intern names;

/* A severity or a remedy of some products. */
struct part {
	uint32_t *product;
	size_t count, capacity;
	struct span text; /* its description */
	struct span supersedes, build;
	bool reboot;
	bool wanted; /* of a type that is looked at */
};

/* The vulnerability that is being read. */
static struct {
	struct arena text;
	struct span title, cve;
	struct part *remedies, *threats;
	size_t remedy_count, remedy_capacity, threat_count, threat_capacity;
	double score;
	struct span score_text, vector, score_now;
	uint64_t line;
} entry;

static uint32_t product_id; /* of the name that is being read */
static bool initial_dated;
static int64_t initial_date;

static struct span
keep(struct span s)
{
	return arena_copy(&entry.text, s);
}

static struct part *
new_part(struct part **parts, size_t *count, size_t *capacity)
{
	size_t old = *capacity;
	struct part *part;
	uint32_t *used;
	size_t room;

	*parts = memory_grow(*parts, capacity, *count + 1, sizeof(**parts));
	if (*capacity > old)
		memset(*parts + old, 0, (*capacity - old) * sizeof(**parts));
	part = &(*parts)[(*count)++];
	used = part->product;
	room = part->capacity;
	*part = (struct part){.product = used,
	    .capacity = room,
	    .text = SPAN(""),
	    .supersedes = SPAN(""),
	    .build = SPAN("")};
	return part;
}

static struct part *
current(const struct feed_xml *reader)
{
	int parent = feed_xml_parent(reader);

	if (parent == REMEDIATION && entry.remedy_count > 0)
		return &entry.remedies[entry.remedy_count - 1];
	if (parent == THREAT && entry.threat_count > 0)
		return &entry.threats[entry.threat_count - 1];
	return NULL;
}

static void
on_start(struct feed_xml *reader, int element, const char **attributes)
{
	struct span type = feed_xml_attribute(attributes, "Type");

	switch (element) {
	case PRODUCT:
		product_id = intern_add(
		    &ids, feed_xml_attribute(attributes, "ProductID"));
		break;
	case VULNERABILITY:
		arena_reset(&entry.text);
		entry.title = entry.cve = SPAN("");
		entry.score_text = entry.vector = SPAN("");
		entry.score = -1;
		entry.remedy_count = entry.threat_count = 0;
		entry.line = feed_xml_line(reader);
		break;
	case THREAT:
		new_part(
		    &entry.threats, &entry.threat_count, &entry.threat_capacity)
		    ->wanted = span_is(type, "Severity");
		break;
	case REMEDIATION:
		new_part(&entry.remedies, &entry.remedy_count,
		    &entry.remedy_capacity)
		    ->wanted = span_is(type, "Vendor Fix");
		break;
	case SCORE_SET:
		entry.score_now = SPAN("");
		break;
	default:
		break;
	}
}

static bool
wants_text(int element)
{
	return element != ROOT && element != VULNERABILITY &&
	       element != THREAT && element != REMEDIATION &&
	       element != SCORE_SET;
}

/* ---- writing */

static enum microsoft_severity
severity_of(uint32_t product)
{
	const struct part *threat = entry.threats;

	for (size_t left = entry.threat_count; threat != NULL && left > 0;
	     left--, threat++) {
		for (size_t k = 0; threat->wanted && k < threat->count; k++)
			if (threat->product[k] == product)
				return microsoft_severity(threat->text);
	}
	return MICROSOFT_UNKNOWN;
}

static void
take_remedy(struct feed *feed, const struct part *remedy, uint32_t product)
{
	enum microsoft_severity severity = severity_of(product);
	struct microsoft_update *update;
	struct span name = SPAN("");

	if (product < product_capacity && products[product] != 0)
		name = intern_span(&names, products[product]);
	update = microsoft_update(
	    feed, entry.line, remedy->text, name, entry.cve);
	if (update == NULL)
		return;
	if (severity > update->severity)
		update->severity = (uint8_t)severity;
	if (update->title == 0)
		update->title = microsoft_name(entry.title);
	if (update->build == 0 && feed_is_word(remedy->build))
		update->build = microsoft_name(remedy->build);
	update->reboot = update->reboot || remedy->reboot;
	update->dated = initial_dated;
	update->date = initial_date;
	microsoft_add_cve(update, entry.cve);
	microsoft_add_superseded(feed, entry.line, update, remedy->supersedes);
}

static void
end_vulnerability(struct feed *feed)
{
	struct span values[CVE_COLUMNS] = {{0}};
	const struct part *remedy = entry.remedies;
	bool any = false;

	for (size_t left = entry.remedy_count; remedy != NULL && left > 0;
	     left--, remedy++) {
		for (size_t k = 0; remedy->wanted && k < remedy->count; k++) {
			take_remedy(feed, remedy, remedy->product[k]);
			any = true;
		}
	}
	if (!any)
		feed_unused(feed, "a vulnerability without a remedy",
		    entry.line, entry.cve);
	if (!feed_is_cve(entry.cve) || entry.score < 0)
		return;
	values[CVE_CVE] = entry.cve;
	values[CVE_CVSS] = entry.score_text;
	values[CVE_VECTOR] = entry.vector;
	feed_vulnerability(feed, values);
}

/* ---- the handlers */

static void
end_in_part(struct part *part, int element, struct span value)
{
	if (element == PRODUCT_ID) {
		part->product = memory_grow(part->product, &part->capacity,
		    part->count + 1, sizeof(*part->product));
		part->product[part->count++] = intern_add(&ids, value);
	} else if (element == DESCRIPTION && part->wanted) {
		part->text = keep(value);
	} else if (element == SUPERCEDENCE) {
		part->supersedes = keep(value);
	} else if (element == BUILD) {
		part->build = keep(value);
	} else if (element == RESTART) {
		part->reboot = span_is(value, "Yes");
	}
}

static void
name_product(struct span value)
{
	size_t old = product_capacity;

	products = memory_grow(
	    products, &product_capacity, ids.count + 1, sizeof(*products));
	if (product_capacity > old)
		memset(products + old, 0,
		    (product_capacity - old) * sizeof(*products));
	products[product_id] = intern_add(&names, value);
}

/* The worst of several scores is that of the vulnerability. */
static void
take_score(struct span value)
{
	double score;

	entry.score_now = SPAN("");
	if (!span_decimal(value, &score) || score > 10 || score <= entry.score)
		return;
	entry.score = score;
	entry.score_text = entry.score_now = keep(value);
	entry.vector = SPAN("");
}

static void
on_end(struct feed_xml *reader, int element, struct span value)
{
	struct part *part = current(reader);

	if (element == CURRENT_DATE)
		reader->feed->dated = feed_xml_time(value, &reader->feed->date);
	else if (element == INITIAL_DATE)
		initial_dated = feed_xml_time(value, &initial_date);
	else if (element == PRODUCT)
		name_product(value);
	else if (part != NULL)
		end_in_part(part, element, value);
	else if (element == VULNERABILITY)
		end_vulnerability(reader->feed);
	else if (element == SCORE)
		take_score(value);
	else if (element == VECTOR && entry.score_now.n > 0 &&
		 span_starts(value, SPAN("CVSS:")))
		entry.vector = keep(value);
	else if (feed_xml_parent(reader) == VULNERABILITY && element == TITLE)
		entry.title = keep(value);
	else if (feed_xml_parent(reader) == VULNERABILITY && element == CVE)
		entry.cve = keep(value);
}

static const struct feed_xml_reader reader = {
    .elements = elements,
    .root = "cvrfdoc",
    .wants_text = wants_text,
    .start = on_start,
    .end = on_end,
};

static void
release_parts(struct part *parts, size_t capacity)
{
	for (size_t i = 0; i < capacity; i++)
		free(parts[i].product);
	free(parts);
}

static void
release(void)
{
	feed_xml_release(&xml);
	intern_release(&ids);
	intern_release(&names);
	ids = names = (struct intern){0};
	free(products);
	products = NULL;
	product_capacity = 0;
	release_parts(entry.remedies, entry.remedy_capacity);
	release_parts(entry.threats, entry.threat_capacity);
	entry.remedies = entry.threats = NULL;
	entry.remedy_count = entry.threat_count = 0;
	entry.remedy_capacity = entry.threat_capacity = 0;
	arena_release(&entry.text);
	entry.title = entry.cve = entry.score_now = SPAN("");
	initial_dated = false;
	microsoft_release();
}

static void
read_cvrf(struct feed *feed)
{
	feed->origin = SPAN("Microsoft");
	feed_xml_read(&xml, feed, &reader);
	microsoft_write(feed);
	release();
}

const struct feed_source feed_cvrf = {
    .program = &program,
    .name = "cvrf",
    .kind = "advisories",
    .read = read_cvrf,
    .release = release,
};
