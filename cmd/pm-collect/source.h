/*
 * The sources of pm-collect.  A source is the word behind the program's name:
 * `pm-collect local`, `pm-collect root DIR`.  Each one lives in its own file,
 * reads one kind of thing and writes host, pkg, svc, fact, feed, adv or cve
 * records.
 */
#ifndef PM_SOURCE_H
#define PM_SOURCE_H

#include "diag.h"

struct feed_source;

struct source {
	const char *name;
	const char *arguments; /* behind the name, for the help; "" for none */
	const char *summary;   /* one line */

	/*
	 * argv[0] is "pm-collect SOURCE", so that options_parse() with the
	 * source's own struct program starts behind it.  It opens the output,
	 * writes it, and returns what program_finish() gave.
	 */
	enum pm_exit (*run)(int argc, char **argv);

	/* Of a published feed instead of all but the name, see feed.h. */
	const struct feed_source *feed;
};

/* One function a source, each in the file of its name. */
enum pm_exit collect_local(int argc, char **argv);	  /* local.c */
enum pm_exit collect_root(int argc, char **argv);	  /* root.c */
enum pm_exit collect_dpkg(int argc, char **argv);	  /* dpkg.c */
enum pm_exit collect_apt(int argc, char **argv);	  /* apt.c */
enum pm_exit collect_ssh(int argc, char **argv);	  /* ssh.c */
enum pm_exit collect_reply(int argc, char **argv);	  /* ssh_reply.c */
enum pm_exit collect_csv(int argc, char **argv);	  /* csv.c */
enum pm_exit collect_nft(int argc, char **argv);	  /* nft.c */
enum pm_exit collect_iptables(int argc, char **argv);	  /* iptables.c */
enum pm_exit collect_firewall_csv(int argc, char **argv); /* firewall_csv.c */
enum pm_exit collect_merge(int argc, char **argv);	  /* merge.c */

/* Inventories brought from machines that nobody can reach, see dump.h. */
enum pm_exit collect_dpkg_list(int argc, char **argv);	/* dpkg_list.c */
enum pm_exit collect_rpm_list(int argc, char **argv);	/* rpm_list.c */
enum pm_exit collect_apk(int argc, char **argv);	/* apk.c */
enum pm_exit collect_pacman(int argc, char **argv);	/* pacman.c */
enum pm_exit collect_systeminfo(int argc, char **argv); /* systeminfo.c */
enum pm_exit collect_snmpwalk(int argc, char **argv);	/* snmpwalk.c */
enum pm_exit collect_cyclonedx(int argc, char **argv);	/* cyclonedx.c */
enum pm_exit collect_spdx(int argc, char **argv);	/* spdx.c */

/* Hosts noticed on a network, see discovery.h. */
enum pm_exit collect_nmap(int argc, char **argv);   /* nmap.c */
enum pm_exit collect_arp(int argc, char **argv);    /* arp.c */
enum pm_exit collect_leases(int argc, char **argv); /* leases.c */

/* Readers of published feeds, see feed.h; one file feed_NAME.c a format. */
extern const struct feed_source feed_updateinfo;  /* feed_updateinfo.c */
extern const struct feed_source feed_oval;	  /* feed_oval.c */
extern const struct feed_source feed_cvrf;	  /* feed_cvrf.c */
extern const struct feed_source feed_wesng;	  /* feed_wesng.c */
extern const struct feed_source feed_debsecan;	  /* feed_debsecan.c */
extern const struct feed_source feed_debian_list; /* feed_debian_list.c */
extern const struct feed_source feed_debian_advisories;
extern const struct feed_source feed_kev; /* feed_kev.c */
extern const struct feed_source feed_debian_tracker;
extern const struct feed_source feed_ubuntu;	 /* feed_ubuntu.c */
extern const struct feed_source feed_alpine;	 /* feed_alpine.c */
extern const struct feed_source feed_arch;	 /* feed_arch.c */
extern const struct feed_source feed_osv;	 /* feed_osv.c */
extern const struct feed_source feed_csaf;	 /* feed_csaf.c */
extern const struct feed_source feed_nvd;	 /* feed_nvd.c */
extern const struct feed_source feed_cve5;	 /* feed_cve5.c */
extern const struct feed_source feed_epss;	 /* feed_epss.c */
extern const struct feed_source feed_metasploit; /* feed_exploit.c */
extern const struct feed_source feed_exploitdb;	 /* feed_exploit.c */

#endif
