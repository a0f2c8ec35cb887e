// SPDX-License-Identifier: Apache-2.0
/* Names of extended attributes; see xattr_names.h. No I/O, no decisions. */
#include "xattr_names.h"

#include <string.h>

#define SYSTEM	"system."
#define TRUSTED "trusted."

static bool begins(const char *name, const char *prefix)
{
	return strncmp(name, prefix, strlen(prefix)) == 0;
}

bool xattr_exists(const char *name)
{
	return !begins(name, SYSTEM) ||
	       !strcmp(name, SYSTEM "posix_acl_access") ||
	       !strcmp(name, SYSTEM "posix_acl_default");
}

size_t xattr_list_shown(char *list, size_t len, bool root)
{
	size_t kept = 0;

	for (size_t at = 0; at < len;) {
		const char *name = list + at;
		size_t n = strnlen(name, len - at) + 1;

		if (n > len - at)
			break; /* cannot be: every name ends with a NUL */
		at += n;
		if (!xattr_exists(name) || (!root && begins(name, TRUSTED)))
			continue;
		memmove(list + kept, name, n);
		kept += n;
	}
	return kept;
}
