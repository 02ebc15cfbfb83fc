/*
 * What Microsoft calls a Windows, as the columns release and arch of a host
 * whose os is windows.  Its security updates are published for products such as
 *
 *	Windows 10 Version 21H2 for x64-based Systems		10-21h2, amd64
 *	Windows 7 for 32-bit Systems Service Pack 1		7-sp1, x86
 *	Windows Server 2012 R2 (Server Core installation)	server-2012-r2
 *
 * spelt with differences in case and blanks from month to month, while a host
 * gives its edition and build; here both come to one release.  arch is called
 * as in the environment variable PROCESSOR_ARCHITECTURE, in lower case: amd64,
 * x86, arm64, arm, ia64.
 */
#ifndef PM_WINDOWS_PRODUCT_H
#define PM_WINDOWS_PRODUCT_H

#include <stdint.h>

#include "span.h"

enum { WINDOWS_RELEASE_SIZE = 64 };

#define WINDOWS_CORE "the Server Core installation" /* ...as a component */

struct windows_product {
	char release[WINDOWS_RELEASE_SIZE];
	struct span arch; /* empty when the name does not say */
	bool core; /* the product is the Server Core installation of it... */
	/*
	 * The part before "on Windows ...", such as "Microsoft .NET Framework
	 * 4.8"; empty for Windows itself.
	 */
	struct span component;
};

/*
 * False when the name is not that of a product on a release of Windows.  The
 * release is then empty where the product is bound to none, and the part that
 * was understood where the name goes on with something else: "10-1607", in
 * "Windows 10 Version 1607 for HoloLens".
 */
bool windows_product(struct span name, struct windows_product *product);

/*
 * The release of a host by the name of its system (with its edition, in any
 * language), service pack (0 for none) and build.  False when the build is not
 * known for that system; release then ends in -build-NUMBER.
 */
bool windows_release(
    struct span name, uint64_t service_pack, uint64_t build, char *release);

/* The architecture by a word of a name: "x64-based", "32-bit"; or empty. */
struct span windows_arch(struct span word);

#endif
