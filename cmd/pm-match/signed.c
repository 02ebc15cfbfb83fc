#include "signed.h"

static const struct span prefix = {"linux-signed", 12};

static bool
is_ubuntu(const struct catalogue *catalogue, const struct scope *scope)
{
	return span_is(intern_span(&catalogue->words, scope->os), "ubuntu");
}

struct span
signed_source(const struct catalogue *catalogue, const struct scope *scope,
    struct span source, char *room)
{
	struct span rest = span_skip(source, prefix.n);

	if (scope->scheme != VERSION_DEB || source.n > SIGNED_NAME_MAX ||
	    (rest.n > 0 && rest.p[0] != '-'))
		return source;
	if (!is_ubuntu(catalogue, scope))
		return rest.n > 0 ? SPAN("linux") : source;
	memcpy(room, "linux", 5);
	memcpy(room + 5, rest.p, rest.n);
	return (struct span){room, 5 + rest.n};
}

struct span
signed_version(const struct catalogue *catalogue, const struct scope *scope,
    struct span version)
{
	static struct buffer text;
	const char *plus = span_find(version, '+');

	if (scope->scheme != VERSION_DEB || plus == NULL ||
	    is_ubuntu(catalogue, scope))
		return version;
	buffer_reset(&text);
	buffer_add_span(&text, version);
	text.p[plus - version.p] = '-';
	return buffer_span(&text);
}
