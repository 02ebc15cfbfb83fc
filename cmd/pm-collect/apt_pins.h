/*
 * The priorities that a machine gives to what its repositories offer:
 * apt_preferences(5), /etc/apt/preferences and preferences.d.
 *
 * Understood are records with Package (names, globs and /regular expressions/,
 * src:NAME, NAME:ARCH), Pin (release a=, n=, o=, l=, c=, v=, b= or a bare word;
 * origin; version) and Pin-Priority.  What is not understood is said and left
 * out.  Without a pin a repository has 500, with NotAutomatic 1, with
 * NotAutomatic and ButAutomaticUpgrades 100.
 */
#ifndef PM_APT_PINS_H
#define PM_APT_PINS_H

#include "tree.h"

/* Where an offer comes from; "-" for what is not known. */
struct apt_archive {
	struct span origin, label, suite, codename, version;
	struct span component, arch;
	struct span site; /* the name of the server, empty for none */
	int priority;	  /* without a pin for a package of its own */
	bool pinned;	  /* a pin has decided about that */
};

struct apt_package {
	struct span name, arch, source, version;
};

struct apt_pin;

struct apt_pins {
	struct apt_pin *pins; /* in the order in which apt reads them */
	size_t count, capacity;
	struct arena arena;
};

/*
 * Take the release that is to be preferred, empty for none; before the
 * preferences, which it goes before.
 */
void apt_pins_default(struct apt_pins *pins, struct span release);

/* Read the preferences of a system; unreadable files end the program. */
void apt_pins_read(struct apt_pins *pins, const struct tree *tree);

/* The same from the text of one file. */
void apt_pins_parse(struct apt_pins *pins, struct span text, const char *file);

/* Fill in the archive's priority from the records for all packages. */
void apt_pins_archive(const struct apt_pins *pins, struct apt_archive *archive,
    bool not_automatic, bool but_automatic_upgrades);

struct apt_priority {
	int value;
	bool pinned;   /* a pin decided */
	size_t record; /* the number of a pin for the package itself, which
			  goes before what the archives have; SIZE_MAX */
};

/* The priority of a package from this archive. */
struct apt_priority apt_pins_package(const struct apt_pins *pins,
    const struct apt_archive *archive, const struct apt_package *package);

/*
 * What the pins by version say of an installed version of the package of an
 * offer that has this priority: pins.h.  It is added to the text.
 */
void apt_pins_installed(const struct apt_pins *pins,
    const struct apt_package *offer, int priority, struct buffer *text);

void apt_pins_release(struct apt_pins *pins);

#endif
