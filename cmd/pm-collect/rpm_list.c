/* pm-collect rpm-list FILE: what rpm -qa printed. */
#include "dump_table.h"
#include "rpm_query.h"
#include "source.h"

static const struct option_row options[] = {
    DUMP_OPTIONS,
    DUMP_OPTION_COLUMNS,
    DUMP_OPTION_END,
};

static const struct program program = {
    .name = "pm-collect",
    .synopsis = "rpm-list [options] FILE ...",
    .summary = "read what rpm -qa printed; - is standard input",
    .details = "Make the list with\n  rpm -qa --qf '" RPM_QUERY
	       "'\nor say what its fields are: --columns "
	       "name,epoch,version,release,arch,sourcerpm,modularitylabel.\n"
	       "The plain list of rpm -qa has no epochs and sources.\n",
    .examples = "rpm -qa | pm-collect rpm-list --host db1 -\n"
		"pm-collect rpm-list --os almalinux --release 9.4 db1.list | "
		"pm-match catalogue.tsv -",
    .options = options,
};

static const char *const names[] = {"name", "epoch", "version", "release",
    "arch", "sourcerpm", "modularitylabel", "vendor", "srpm", "evr", NULL};
enum {
	NAME,
	EPOCH,
	VERSION,
	RELEASE,
	ARCH,
	SOURCERPM,
	MODULE,
	VENDOR,
	SRPM, /* the name of the source package alone */
	EVR
};

static const struct dump_table_form forms[] = {
    {1, "evr"}, /* whole lines; see take_plain() */
    {5, "name,epoch,version,release,arch"},
    {6, "name,epoch,version,release,arch,sourcerpm"},
    {7, "name,epoch,version,release,arch,sourcerpm,modularitylabel"},
    {0, NULL},
};

static const char *const architectures[] = {"noarch", "x86_64", "i386", "i486",
    "i586", "i686", "athlon", "aarch64", "armv5tel", "armv6hl", "armv7hl",
    "armv7hnl", "ia64", "loongarch64", "mips64el", "ppc", "ppc64", "ppc64le",
    "riscv64", "s390", "s390x", "sparc64", "src", NULL};

/*
 * Packages that say what system this is.  Where VERSION_ID of os-release(5)
 * has the first number only, whole is false.
 */
static const struct distribution {
	const char *package, *os;
	bool whole;
} distributions[] = {
    {"almalinux-release", "almalinux", true},
    {"centos-linux-release", "centos", false},
    {"centos-release", "centos", false},
    {"centos-stream-release", "centos", false},
    {"fedora-release-common", "fedora", true},
    {"oraclelinux-release", "ol", true},
    {"redhat-release", "rhel", true},
    {"redhat-release-client", "rhel", true},
    {"redhat-release-server", "rhel", true},
    {"redhat-release-workstation", "rhel", true},
    {"rocky-release", "rocky", true},
    {"sles-release", "sles", true},
    {"system-release", "amzn", false},
};

/* One row, taken apart. */
struct parts {
	struct span name, epoch, version, release, arch;
	struct span source; /* NAME-VERSION-RELEASE.src.rpm, or a name */
	struct span module, vendor;
};

/* Split at the last separator; false when there is none, or nothing behind. */
static bool
split_last(struct span *text, char separator, struct span *last)
{
	for (size_t i = text->n; i-- > 1;)
		if (text->p[i] == separator) {
			*last = span_skip(*text, i + 1);
			text->n = i;
			return last->n > 0;
		}
	return false;
}

/* NAME-VERSION-RELEASE */
static bool
split_nvr(struct span text, struct parts *parts)
{
	if (!split_last(&text, '-', &parts->release) ||
	    !split_last(&text, '-', &parts->version))
		return false;
	parts->name = text;
	return true;
}

/* A line of rpm -qa: NAME-[EPOCH:]VERSION-RELEASE[.ARCH] */
static bool
take_plain(struct span text, struct parts *parts)
{
	struct span rest = text, last, epoch;

	if (split_last(&rest, '.', &last))
		for (size_t i = 0; architectures[i] != NULL; i++)
			if (span_is(last, architectures[i])) {
				parts->arch = last;
				text = rest;
			}
	if (!split_nvr(text, parts))
		return false;
	rest = parts->version;
	epoch = span_cut(&rest, ':');
	if (rest.p != NULL) {
		parts->epoch = epoch;
		parts->version = rest;
	}
	return true;
}

static bool
take_columns(const struct dump_table *table, struct parts *parts)
{
	const struct span *field = table->field;

	*parts = (struct parts){.name = field[NAME],
	    .epoch = field[EPOCH],
	    .version = field[VERSION],
	    .release = field[RELEASE],
	    .arch = field[ARCH],
	    .source = field[table->has[SRPM] ? SRPM : SOURCERPM],
	    .module = field[MODULE],
	    .vendor = field[VENDOR]};
	if (table->has[EVR] && !table->has[NAME])
		return take_plain(field[EVR], parts);
	if (table->has[EVR]) {
		parts->version = field[EVR];
		return parts->version.n > 0;
	}
	return parts->name.n > 0 && parts->version.n > 0 &&
	       (parts->release.n > 0 || !table->has[RELEASE]);
}

/* [EPOCH:]VERSION[-RELEASE]; an epoch of 0 is left out. */
static struct span
join_version(struct buffer *text, struct span epoch, struct span version,
    struct span release)
{
	buffer_reset(text);
	if (epoch.n > 0 && !span_is(epoch, "0")) {
		buffer_add_span(text, epoch);
		buffer_add_byte(text, ':');
	}
	buffer_add_span(text, version);
	if (release.n > 0) {
		buffer_add_byte(text, '-');
		buffer_add_span(text, release);
	}
	return buffer_span(text);
}

/*
 * The name of a source package has no epoch; it is taken to be that of the
 * binary package.
 */
static void
take_source(const struct parts *parts, struct buffer *text, struct span *column)
{
	struct span name = parts->source;
	struct parts of;

	if (span_ends(name, SPAN(".rpm"))) {
		name.n -= 4;
		if (span_ends(name, SPAN(".src")))
			name.n -= 4;
		else if (span_ends(name, SPAN(".nosrc")))
			name.n -= 6;
		if (!split_nvr(name, &of))
			return;
		column[PKG_SOURCE] = of.name;
		column[PKG_SOURCE_VERSION] = join_version(
		    text, parts->epoch, of.version, of.release);
		return;
	}
	column[PKG_SOURCE] = name;
}

/* "nodejs:18:8090020231201:rhel9" is of nodejs:18 */
static struct span
stream_of(struct span label)
{
	struct span rest = label;

	span_cut(&rest, ':');
	if (rest.p == NULL)
		return label;
	span_cut(&rest, ':');
	if (rest.p != NULL)
		label.n = (size_t)(rest.p - label.p) - 1;
	return label;
}

static void
note_system(struct dump *dump, const struct parts *parts)
{
	struct host *host = &dump->host;

	if ((span_is(parts->name, "glibc") || span_is(parts->name, "rpm")) &&
	    parts->arch.n > 0 && !span_is(parts->arch, "noarch"))
		host_set(host, HOST_ARCH, parts->arch);
	for (size_t i = 0; i < sizeof(distributions) / sizeof(distributions[0]);
	     i++) {
		struct span version = parts->version, major = version;

		if (!span_is(parts->name, distributions[i].package))
			continue;
		major = span_cut(&major, '.');
		host_set(host, HOST_OS, span_of(distributions[i].os));
		host_set(host, HOST_RELEASE,
		    distributions[i].whole ? version : major);
	}
}

static struct buffer version_text, source_text; /* of the row */

static void
take_row(struct dump *dump, const struct dump_table *table)
{
	struct span column[PKG_COLUMNS] = {{NULL, 0}};
	struct parts parts = {.name = {NULL, 0}};
	bool good = take_columns(table, &parts);

	/* rpm keeps the keys that it trusts among the packages */
	if (good && span_is(parts.name, "gpg-pubkey"))
		return;
	column[PKG_PACKAGE] = parts.name;
	column[PKG_VERSION] = join_version(
	    &version_text, parts.epoch, parts.version, parts.release);
	column[PKG_ARCH] = parts.arch;
	take_source(&parts, &source_text, column);
	column[PKG_ORIGIN] = parts.vendor;
	column[PKG_STATE] = SPAN("installed");
	column[PKG_MODULE] = stream_of(parts.module);
	if (!good || !dump_package(dump, column))
		dump_bad(dump, dump_line_number(dump),
		    "no package, version and release stand here");
	else
		note_system(dump, &parts);
}

static void
release(void)
{
	buffer_release(&version_text);
	buffer_release(&source_text);
	version_text = source_text = (struct buffer){.n = 0};
}

static void
read_list(struct dump *dump)
{
	struct dump_table table = {.names = names,
	    .forms = forms,
	    .query = "rpm -qa --qf '" RPM_QUERY "'"};

	while (dump_table_next(&table, dump))
		take_row(dump, &table);
	if (!table.has[EPOCH] && !(table.has[EVR] && table.has[NAME]))
		dump_unseen(dump,
		    "epochs: not in the list, 0 is taken where none stands");
	if (!table.has[SOURCERPM] && !table.has[SRPM])
		dump_unseen(dump, "source packages: not in the list");
	if (!table.has[MODULE])
		dump_unseen(dump, "module streams: not in the list");
}

const struct dump_source rpm_list_source = {
    .program = &program,
    .name = "rpm-list",
    .modules = true,
    .what = "a list of rpm -qa",
    .read = read_list,
    .release = release,
};

enum pm_exit
collect_rpm_list(int argc, char **argv)
{
	return dump_collect(&rpm_list_source, argc, argv);
}
