/* The fields that rpm-list wants, as a format of rpm -qa; see rpm(8). */
#ifndef PM_RPM_QUERY_H
#define PM_RPM_QUERY_H

#define RPM_QUERY                                                   \
	"%{NAME}\\t%{EPOCH}\\t%{VERSION}\\t%{RELEASE}\\t%{ARCH}\\t" \
	"%{SOURCERPM}\\t%{MODULARITYLABEL}\\n"

#endif
