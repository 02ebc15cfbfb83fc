/*
 * Any bytes as apt's preferences: refused, or taken; a priority is then one
 * that apt has, whatever the patterns are.
 */
#include "refusal.h"

#include "../../cmd/pm-collect/apt_pins.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct apt_pins pins;
	struct apt_archive archive = {SPAN("Debian"), SPAN("Debian-Security"),
	    SPAN("stable-security"), SPAN("bookworm-security"), SPAN("12"),
	    SPAN("main"), SPAN("amd64"), SPAN("deb.example.org"), 0, false};
	const struct apt_package package = {
	    SPAN("bash"), SPAN("amd64"), SPAN("bash"), SPAN("5.2.15-2+b1")};
	struct apt_priority priority;

	end_status = PM_EXIT_OK;
	if (setjmp(ended) == 0) {
		apt_pins_parse(
		    &pins, (struct span){(const char *)data, size}, "input");
		apt_pins_archive(&pins, &archive, size % 2 == 0, true);
		priority = apt_pins_package(&pins, &archive, &package);
		if (priority.value == 0 || priority.value > 32767 ||
		    priority.value < -32767 ||
		    (priority.pinned && pins.count == 0))
			abort();
	} else if (end_status != PM_EXIT_DATA) {
		abort();
	}
	apt_pins_release(&pins);
	return 0;
}
