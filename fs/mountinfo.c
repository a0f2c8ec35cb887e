// SPDX-License-Identifier: Apache-2.0
/* Lines of /proc/PID/mountinfo; see mountinfo.h. */
#include "mountinfo.h"

#include <stdlib.h>
#include <string.h>

#include "base/proc.h"

FILE *mountinfo_open(void)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "%s/self/mountinfo", proc_dir());
	return fopen(path, "re");
}

/* Blanks and the like are \ooo. */
static void unescape(char *s)
{
	char *to = s;

	while (*s) {
		if (s[0] == '\\' && s[1] && s[2] && s[3]) {
			*to++ = (char)((s[1] - '0') * 64 + (s[2] - '0') * 8 +
				       (s[3] - '0'));
			s += 4;
		} else {
			*to++ = *s++;
		}
	}
	*to = '\0';
}

/* id parent major:minor root mountpoint options [more] - type device options */
bool mountinfo_parse(const char *line, struct mountinfo *ret)
{
	const char *rest = strstr(line, " - ");
	unsigned long long id;

	*ret = (struct mountinfo){ 0 };
	if (!rest ||
	    sscanf(line, "%llu %*s %*s %ms %ms", &id, &ret->root,
		   &ret->mountpoint) != 3 ||
	    sscanf(rest, " - %ms %*s %ms", &ret->type, &ret->options) < 1)
		return false;
	ret->id = id;
	unescape(ret->root);
	unescape(ret->mountpoint);
	return true;
}

void mountinfo_release(struct mountinfo *m)
{
	free(m->root);
	free(m->mountpoint);
	free(m->type);
	free(m->options);
}
