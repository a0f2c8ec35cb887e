// SPDX-License-Identifier: Apache-2.0
/* What an opener gets after the gate's yes. Must not decide about access. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "gate.h"
#include "subject.h"

/*
 * open(O_RDONLY | O_TRUNC) reads a file that is empty by then. What others put
 * there later is not for this reader, whom nobody will ask again.
 */
static int empty_object(struct fs *fs, struct object **ret)
{
	CLEANUP(closep) int fd = memfd_create("imafs-empty", MFD_CLOEXEC);

	return fd < 0 ? -errno
		      : store_load(fs->store, NULL, fd, fs->opt->hash, ret);
}

int grant_from(struct subject *s, bool locked, struct grant *ret)
{
	bool reads = (s->flags & O_ACCMODE) == O_RDONLY && s->object;
	int r = 0;

	if (locked && reads && (s->flags & O_TRUNC))
		r = empty_object(s->fs, &ret->object);
	else if (locked && reads)
		ret->object = STEAL(s->object);
	if (r < 0)
		return r;
	ret->fd = STEAL_FD(s->fd);
	ret->mode = s->st.st_mode;
	ret->vouched = s->vouched;
	ret->relabels = s->relabels;
	return 0;
}

void gate_grant_release(struct grant *g)
{
	object_unref(g->object);
	if (g->fd >= 0)
		(void)close(g->fd); /* O_RDONLY */
	*g = (struct grant){ .fd = -1 };
}
