// SPDX-License-Identifier: Apache-2.0
/* The policy slot of a mount: which rules are in force, and since when. */
#include "fs.h"

#include <errno.h>

#include "digest.h"
#include "template.h"

static const char *find_template(const char *name, size_t len)
{
	const struct template *t = template_find(name, len);

	return t ? template_name(t) : NULL;
}

const struct policy_env fs_policy_env = {
	.hash_available = digest_available,
	.template_name = find_template,
	.enforcing = true,
};

struct policy *fs_policy(struct fs *fs)
{
	struct policy *p;

	(void)pthread_mutex_lock(&fs->policy_lock);
	p = policy_ref(fs->policy);
	(void)pthread_mutex_unlock(&fs->policy_lock);
	return p;
}

int fs_policy_set(struct fs *fs, struct policy *p)
{
	struct policy *old = p;
	int r = -EPERM;

	(void)pthread_mutex_lock(&fs->policy_lock);
	if (!fs->policy_locked) {
		r = 0;
		old = fs->policy;
		fs->policy = p;
		fs->policy_locked = fs->opt->policy_once;
		atomic_fetch_add(&fs->policy_generation, 1);
	}
	(void)pthread_mutex_unlock(&fs->policy_lock);
	policy_unref(old);
	return r;
}
