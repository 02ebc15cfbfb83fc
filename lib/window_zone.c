#include "window_zone.h"

enum { ZONE_NAME_MAX = 64 };

icaltimezone *
window_zone(struct span name, const char **reason)
{
	char text[ZONE_NAME_MAX];
	struct span rest = name;
	icaltimezone *zone;

	*reason = "the time zone is not in the system's tz database";
	if (span_is(name, "UTC"))
		return icaltimezone_get_utc_timezone();
	/* The name becomes the name of a file. */
	if (name.n == 0 || name.n >= sizeof(text))
		return NULL;
	while (rest.p != NULL) {
		struct span part = span_cut(&rest, '/');

		if (part.n == 0)
			return NULL;
		for (size_t i = 0; i < part.n; i++) {
			char c = part.p[i];

			if (!(c >= 'a' && c <= 'z') &&
			    !(c >= 'A' && c <= 'Z') &&
			    !(c >= '0' && c <= '9') && c != '_' && c != '+' &&
			    c != '-')
				return NULL;
		}
	}
	memcpy(text, name.p, name.n);
	text[name.n] = '\0';
	zone = icaltimezone_get_builtin_timezone(text);
	/* libical makes an empty zone of a file that is none */
	if (zone == NULL || icaltimezone_get_component(zone) == NULL)
		return NULL;
	return zone;
}
