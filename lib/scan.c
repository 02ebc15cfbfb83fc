#include "scan.h"

struct scan_mask
scan_block_portable(const char *p)
{
	struct scan_mask mask = {0};

	for (unsigned i = 0; i < 64; i++) {
		unsigned char byte = (unsigned char)p[i];
		uint64_t bit = (uint64_t)1 << i;

		if (byte == '\n')
			mask.newlines |= bit;
		if (byte == '\n' || byte == '\t')
			mask.delimiters |= bit;
		else if (byte < 0x20 || byte == '\\' || byte >= 0x80)
			mask.special |= bit;
	}
	return mask;
}
