// SPDX-License-Identifier: Apache-2.0
/*
 * How much memory there is for this process. Locked content is charged to the
 * daemon's control group: more of it than the group may have, and the daemon is
 * killed, and with it the mount. What cannot be read is no limit.
 */
#include "memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>

#include "base/cleanup.h"
#include "base/proc.h"
#include "mountinfo.h"

/* What the two kinds of control groups call things: cgroups(7). */
struct hierarchy {
	const char *type;	/* of its file system */
	const char *controller; /* in /proc/PID/cgroup; version 2 has one ... */
	const char *option;	/* of the mount; ... for all controllers */
	const char *limit;	/* the file that says it */
};

static const struct hierarchy hierarchies[] = {
	{ "cgroup2", "", "", "memory.max" },
	{ "cgroup", "memory", "memory", "memory.limit_in_bytes" },
};

/* Is @word in the list, separated by ','? An empty list is one empty word. */
static bool has_word(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (;;) {
		size_t n = strcspn(list, ",\n");

		if (n == len && memcmp(list, word, n) == 0)
			return true;
		if (list[n] != ',')
			return false;
		list += n + 1;
	}
}

/* The group of the hierarchy that the process is in: "0::/some/group". */
static char *find_group(FILE *f, const struct hierarchy *h)
{
	CLEANUP(freep) char *line = NULL;
	size_t cap = 0;

	rewind(f);
	while (getline(&line, &cap, f) > 0) {
		char *list = strchr(line, ':');
		char *path = list ? strchr(++list, ':') : NULL;

		if (!path)
			continue;
		*path++ = '\0';
		path[strcspn(path, "\n")] = '\0';
		if (has_word(list, h->controller))
			return strdup(path);
	}
	return NULL;
}

/* What is left of @path below @root; NULL: it is not below. */
static const char *below(const char *path, const char *root)
{
	size_t n = strcmp(root, "/") == 0 ? 0 : strlen(root);

	if (strncmp(path, root, n) != 0 || (path[n] && path[n] != '/'))
		return NULL;
	/* outside of the control group namespace: the mount is all we see */
	return strstr(path + n, "/..") ? "" : path + n;
}

static void take_limit(const char *dir, const char *name, uint64_t *least)
{
	CLEANUP(freep) char *path = NULL;
	CLEANUP(fclosep) FILE *f = NULL;
	unsigned long long n;

	if (asprintf(&path, "%s/%s", dir, name) < 0) {
		path = NULL;
		return;
	}
	f = fopen(path, "re");
	if (f && fscanf(f, "%llu", &n) == 1 && n < *least) /* or "max" */
		*least = n;
}

/* Of a group and all above it, up to where its file system is mounted. */
static void take_limits(const char *mountpoint, const char *group,
			const char *name, uint64_t *least)
{
	CLEANUP(freep) char *dir = NULL;
	size_t top = strlen(mountpoint);

	if (asprintf(&dir, "%s%s", mountpoint, group) < 0) {
		dir = NULL;
		return;
	}
	take_limit(dir, name, least);
	for (size_t n = strlen(dir); n > top; n--) {
		if (dir[n - 1] != '/')
			continue;
		dir[n - 1] = '\0';
		take_limit(dir, name, least);
	}
}

static void take_mount(const char *line, const struct hierarchy *h,
		       const char *group, uint64_t *least)
{
	CLEANUP(mountinfo_release) struct mountinfo m = { 0 };
	const char *path;

	if (!mountinfo_parse(line, &m) || strcmp(m.type, h->type) != 0 ||
	    (*h->option && !(m.options && has_word(m.options, h->option))))
		return;
	path = below(group, m.root);
	if (path)
		take_limits(m.mountpoint, path, h->limit, least);
}

static void take_hierarchy(FILE *groups, FILE *mounts,
			   const struct hierarchy *h, uint64_t *least)
{
	CLEANUP(freep) char *group = find_group(groups, h);
	CLEANUP(freep) char *line = NULL;
	size_t cap = 0;

	if (!group)
		return;
	rewind(mounts);
	while (getline(&line, &cap, mounts) > 0)
		take_mount(line, h, group, least);
}

uint64_t memory_limit_of(FILE *groups, FILE *mounts)
{
	uint64_t least = UINT64_MAX;

	for (size_t i = 0; i < sizeof(hierarchies) / sizeof(*hierarchies); i++)
		take_hierarchy(groups, mounts, &hierarchies[i], &least);
	return least;
}

static FILE *open_groups(void)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "%s/self/cgroup", proc_dir());
	return fopen(path, "re");
}

uint64_t memory_size(void)
{
	CLEANUP(fclosep) FILE *groups = open_groups();
	CLEANUP(fclosep) FILE *mounts = mountinfo_open();
	uint64_t limit = UINT64_MAX;
	struct sysinfo info;
	uint64_t all = 0;

	if (!sysinfo(&info))
		all = (uint64_t)info.totalram * info.mem_unit;
	if (groups && mounts)
		limit = memory_limit_of(groups, mounts);
	return limit < all ? limit : all;
}
