#include <cstring>

#include <apt-pkg/debversion.h>

extern "C" int apt_compare(const char *a, const char *b);

extern "C" int
apt_compare(const char *a, const char *b)
{
	return debVS.DoCmpVersion(a, a + strlen(a), b, b + strlen(b));
}
