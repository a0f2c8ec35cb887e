// SPDX-License-Identifier: Apache-2.0
/*
 * Defaults of a mount, and the paths that it is about. Looks at what is there,
 * makes nothing. The words of -o are in mount_words.c.
 */
#include "mount.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "memory.h"

int mount_options_init(struct mount_options *o)
{
	bool root = geteuid() == 0;

	*o = (struct mount_options){ .pcr = 10, .hash = HASH_ALG_SHA256 };
	/* as mount(8) does for root; others get nosuid,nodev from the kernel */
	o->fuse_options = strdup(root ? "suid,dev,allow_other" : "");
	o->tpm = strdup("auto");
	o->template = strdup("ima-ng");
	o->lock_budget = memory_size() / 2;
	if (o->fuse_options && o->tpm && o->template)
		return 0;
	mount_options_release(o);
	return -ENOMEM;
}

static void release_list(char **list)
{
	for (char **at = list; at && *at; at++)
		free(*at);
	free(list);
}

void mount_options_release(struct mount_options *o)
{
	release_list(o->keys);
	release_list(o->evm_keys);
	free(o->source);
	free(o->mountpoint);
	free(o->policy);
	free(o->trust);
	free(o->state);
	free(o->tpm);
	free(o->template);
	free(o->fuse_options);
	*o = (struct mount_options){ 0 };
}

/* The daemon works in "/": a path must mean the same there. */
static int make_absolute(char **path)
{
	CLEANUP(freep) char *cwd = NULL;
	char *whole;

	if (!*path || **path == '/')
		return 0;
	cwd = getcwd(NULL, 0);
	if (!cwd)
		return -errno;
	if (asprintf(&whole, "%s/%s", cwd, *path) < 0)
		return -ENOMEM;
	free(*path);
	*path = whole;
	return 0;
}

static int make_list_absolute(char **list)
{
	int r = 0;

	for (char **at = list; r == 0 && at && *at; at++)
		r = make_absolute(at);
	return r;
}

static int resolve_directory(const char *what, const char *path, char **ret,
			     struct diag *reterr)
{
	CLEANUP(freep) char *real = realpath(path, NULL);
	struct statx st;
	int r;

	/* of a dead mount the kernel may still remember the attributes */
	if (!real ||
	    statx(AT_FDCWD, real, AT_STATX_FORCE_SYNC, STATX_TYPE, &st)) {
		r = -errno;
		if (r == -ENOTCONN)
			diag_set(
				reterr,
				"%s %s: the mount there is dead, its daemon is "
				"gone; clear it with 'umount -l %s' and try "
				"again",
				what, path, path);
		else
			diag_set(reterr, "%s %s: %s", what, path, strerror(-r));
		return r;
	}
	if (!S_ISDIR(st.stx_mode)) {
		diag_set(reterr, "%s %s: not a directory", what, path);
		return -ENOTDIR;
	}
	*ret = STEAL(real);
	return 0;
}

/* Is @path @dir itself or below it? */
static bool is_below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	if (strcmp(dir, "/") == 0)
		return true;
	return strncmp(path, dir, len) == 0 &&
	       (path[len] == '\0' || path[len] == '/');
}

/*
 * The journal must not be reachable through the mount that it is about, and
 * the daemon must not wait for itself when it opens the TPM's socket.
 */
static int check_state(const struct mount_options *o, struct diag *reterr)
{
	CLEANUP(freep) char *parent = NULL;
	CLEANUP(freep) char *real = NULL;
	char *slash;

	if (!o->state)
		return 0;
	real = realpath(o->state, NULL);
	if (!real) {
		/* made later: then its parent counts */
		parent = strdup(o->state);
		if (!parent)
			return -ENOMEM;
		slash = strrchr(parent, '/');
		slash[slash == parent] = '\0';
		real = realpath(parent, NULL);
	}
	if (!real) {
		int r = -errno;

		diag_set(reterr, "state=%s: %s", o->state, strerror(-r));
		return r;
	}
	if (is_below(real, o->source) || is_below(real, o->mountpoint)) {
		diag_set(reterr,
			 "state=%s: the state directory must be outside of "
			 "source and mount point",
			 o->state);
		return -EINVAL;
	}
	return 0;
}

/* A built-in policy goes before a file of the same name: use ./NAME then. */
static int resolve_policy(struct mount_options *o, struct diag *reterr)
{
	struct policy *p = NULL;
	int r;

	if (!o->policy)
		return 0;
	if (!strchr(o->policy, '/')) {
		r = policy_builtin(o->policy, &fs_policy_env, &p, NULL);
		policy_unref(p);
		if (r != -ENOENT)
			return r;
	}
	if (access(o->policy, R_OK)) {
		r = -errno;
		diag_set(reterr,
			 "policy=%s: %s (neither a readable file nor a "
			 "built-in policy: tcb, appraise_tcb, secure_boot, "
			 "signed_init, critical_data, fail_securely)",
			 o->policy, strerror(-r));
		return r;
	}
	return make_absolute(&o->policy);
}

int mount_options_complete(struct mount_options *o, const char *source,
			   const char *mountpoint, struct diag *reterr)
{
	int r = resolve_directory("source", source, &o->source, reterr);

	if (r)
		return r;
	r = resolve_directory("mount point", mountpoint, &o->mountpoint,
			      reterr);
	if (r)
		return r;
	r = make_list_absolute(o->keys);
	if (r == 0)
		r = make_list_absolute(o->evm_keys);
	if (r)
		return r;
	if (o->trust && strcmp(o->trust, TRUST_BUILTIN) != 0) {
		r = make_absolute(&o->trust);
		if (r)
			return r;
	}
	r = make_absolute(&o->state);
	if (r)
		return r;
	r = resolve_policy(o, reterr);
	return r ? r : check_state(o, reterr);
}
