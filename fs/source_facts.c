// SPDX-License-Identifier: Apache-2.0
/*
 * Facts about the file system below that policies name: fsname=, fs_subtype=,
 * fsuuid=. Read once at mount. A fact that cannot be learnt stays empty, and
 * rules that ask for it do not match: nothing here fails.
 */
#include "source_facts.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/hex.h"
#include "mountinfo.h"

#define BY_UUID "/dev/disk/by-uuid"

/* Linux 6.9, include/uapi/linux/fs.h; newer than the headers we build with. */
struct fsuuid2 {
	uint8_t len;
	uint8_t uuid[16];
};
#define IOC_GETFSUUID _IOR(0x15, 0, struct fsuuid2)

/* The type is "type.subtype" for file systems that have subtypes. */
static void take_type(struct source *s, char *type)
{
	char *dot = strchr(type, '.');

	if (dot) {
		*dot = '\0';
		(void)snprintf(s->fs_subtype, sizeof(s->fs_subtype), "%s",
			       dot + 1);
	}
	(void)snprintf(s->fsname, sizeof(s->fsname), "%s", type);
}

static bool take_mount(struct source *s, uint64_t id, const char *line)
{
	CLEANUP(mountinfo_release) struct mountinfo m = { 0 };

	if (!mountinfo_parse(line, &m) || m.id != id)
		return false;
	take_type(s, m.type);
	return true;
}

void source_read_fstype(struct source *s)
{
	CLEANUP(fclosep) FILE *f = NULL;
	CLEANUP(freep) char *line = NULL;
	size_t cap = 0;
	struct statx sx;

	if (statx(s->root, "", AT_EMPTY_PATH, STATX_MNT_ID, &sx) ||
	    !(sx.stx_mask & STATX_MNT_ID))
		return;
	f = mountinfo_open();
	if (!f)
		return;
	while (getline(&line, &cap, f) > 0)
		if (take_mount(s, sx.stx_mnt_id, line))
			return;
}

/* "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"; FAT's short ids are not UUIDs. */
static bool parse_uuid(const char *text, uint8_t ret[16])
{
	size_t n = 0;

	if (strlen(text) != 36)
		return false;
	while (*text) {
		if (*text == '-') {
			text++;
			continue;
		}
		if (n == 16 || hex_decode(text, ret + n, 1))
			return false;
		n++;
		text += 2;
	}
	return n == 16;
}

/* Before Linux 6.9: udev's links to the block device that this is. */
static void uuid_by_udev(struct source *s, dev_t dev)
{
	DIR *d = opendir(BY_UUID);
	uint8_t uuid[16];
	struct dirent *e;
	struct stat st;

	if (!d)
		return;
	while ((e = readdir(d))) {
		if (fstatat(dirfd(d), e->d_name, &st, 0) ||
		    !S_ISBLK(st.st_mode) || st.st_rdev != dev)
			continue;
		if (parse_uuid(e->d_name, uuid)) {
			memcpy(s->fsuuid, uuid, sizeof(s->fsuuid));
			break;
		}
	}
	(void)closedir(d); /* only read from */
}

void source_read_uuid(struct source *s, const struct stat *root)
{
	struct fsuuid2 u;

	if (s->mount >= 0 && !ioctl(s->mount, IOC_GETFSUUID, &u)) {
		if (u.len == sizeof(s->fsuuid))
			memcpy(s->fsuuid, u.uuid, sizeof(s->fsuuid));
		return;
	}
	uuid_by_udev(s, root->st_dev);
}
