// SPDX-License-Identifier: Apache-2.0
/*
 * The life of a mount. Everything that can fail is done before the mount is
 * visible, in an order where each step only needs those before it; the end
 * undoes them backwards. Threads are made after the fork.
 */
#include "mount.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/log.h"
#include "base/proc.h"
#include "control.h"
#include "denial.h"
#include "keys.h"
#include "notify.h"
#include "ops.h"
#include "privilege.h"
#include "retry.h"
#include "session.h"
#include "state.h"
#include "template.h"
#include "tpm.h"

#define POLICY_FILE_MAX ((size_t)16 << 20)
#define KERNEL_LIST	"/sys/kernel/security/ima/binary_runtime_measurements"
#define KERNEL_LIST_MAX ((size_t)1 << 30)
#define KERNEL_PCR	10
#define HARDWARE_TPM	"device:/dev/tpmrm0"
#define ATTR_TIMEOUT	1.0 /* seconds */

/* One mount in the making; all zero but the descriptors at first. */
struct mounting {
	struct fs fs;
	struct state state;
	bool old_tpm;	    /* the private TPM ran before we came */
	int told;	    /* pipe to the waiting parent; -1 */
	struct buf adopted; /* the kernel's list */
};

/* The signal handlers' way to the one mount of this process. */
static struct fs *serving;

static void on_end(int sig)
{
	struct fs *fs = serving;

	(void)sig;
	if (fs) /* else the end has begun already */
		session_stop(fs);
}

/* What ends a mount in order. */
static const int ends[] = { SIGTERM, SIGINT, SIGHUP };

static sigset_t set_of_ends(void)
{
	sigset_t set;

	(void)sigemptyset(&set);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		(void)sigaddset(&set, ends[i]);
	return set;
}

static void take_signals(struct fs *fs)
{
	struct sigaction act = { .sa_handler = on_end };
	sigset_t set = set_of_ends();

	serving = fs;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		(void)sigaction(ends[i], &act, NULL); /* valid signals */
	(void)sigprocmask(SIG_UNBLOCK, &set, NULL);
}

/*
 * Until the session can be stopped, a signal waits: half of a mount would
 * leave a software TPM behind.
 */
static void hold_signals(void)
{
	sigset_t set = set_of_ends();

	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN); /* EFBIG is an error like others */
	(void)signal(SIGIO, SIG_IGN);	/* a lease that we held for a moment */
}

/* Logs what a step has to say about its failure. */
static int fail(int r, const struct diag *d)
{
	log_err("%s", d->msg[0] ? d->msg : strerror(-r));
	return r;
}

static int open_source(struct mounting *m)
{
	struct diag d = { 0 };
	int r = source_open(m->fs.opt->source, &m->fs.source, &d);

	return r ? fail(r, &d) : 0;
}

static int open_state(struct mounting *m)
{
	struct diag d = { 0 };
	int r = state_open(m->fs.opt->state, m->fs.opt->mountpoint, &m->state,
			   &d);

	if (r)
		return fail(r, &d);
	m->old_tpm = tpm_private_runs(m->state.fd);
	return 0;
}

static int load_keys(struct mounting *m)
{
	const struct mount_options *o = m->fs.opt;
	struct diag d = { 0 };
	/* trust= without keys is a mistake, unless it is all about EVM's */
	bool none = !o->keys && o->evm_keys;
	int r = keys_load("keys", o->keys, none ? NULL : o->trust, &m->fs.keys,
			  &d);

	if (r == 0 && o->evm_keys)
		r = keys_load("evm_keys", o->evm_keys, o->trust,
			      &m->fs.evm_keys, &d);
	return r ? fail(r, &d) : 0;
}

static int read_policy(const char *path, struct policy **ret)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT;
	struct diag d = { 0 };
	int r = io_read_file(AT_FDCWD, path, POLICY_FILE_MAX, &text);

	if (r) {
		log_err("cannot read policy %s: %s", path, strerror(-r));
		return r;
	}
	r = policy_parse((const char *)text.data, text.len, &fs_policy_env, ret,
			 &d);
	if (r)
		log_err("%s:%u:%u: %s", path, d.line, d.column,
			d.msg[0] ? d.msg : strerror(-r));
	return r;
}

static int load_policy(struct mounting *m)
{
	const char *from = m->fs.opt->policy;
	struct policy *p = NULL;
	struct diag d = { 0 };
	int r = policy_parse("", 0, &fs_policy_env, &m->fs.policy, &d);

	if (r)
		return fail(r, &d);
	if (!from && m->fs.opt->control == CONTROL_NONE) {
		log_warn("no policy, and with control=none nobody can write "
			 "one: nothing is measured or appraised; use policy=");
		return 0;
	}
	if (!from) {
		log_warn("no policy: nothing is measured or appraised until "
			 "one is written to " CONTROL_DIR "/policy");
		return 0;
	}
	if (strchr(from, '/')) {
		r = read_policy(from, &p);
	} else {
		r = policy_builtin(from, &fs_policy_env, &p, &d);
		if (r)
			(void)fail(r, &d);
	}
	if (r)
		return r;
	if (!m->fs.opt->keys && (policy_actions(p) & ACTION_APPRAISE))
		log_warn("the policy appraises but there are no keys: no "
			 "signature will be found good; use keys=");
	return fs_policy_set(&m->fs, p);
}

/* How others reach the TPM that tpm_open() has found. */
static int name_tpm(struct mounting *m)
{
	const char *asked = m->fs.opt->tpm;
	struct buf b = BUF_INIT;
	int r;

	if (!m->fs.extender)
		return 0;
	if (m->fs.private_tpm)
		r = buf_printf(&b, "swtpm:path=%s/swtpm.sock", m->state.path);
	else
		r = buf_append_str(&b, strcmp(asked, "auto") == 0 ? HARDWARE_TPM
								  : asked);
	if (r) {
		buf_release(&b);
		return r;
	}
	m->fs.tcti = buf_steal_str(&b);
	return m->fs.tcti ? 0 : -ENOMEM;
}

static int open_tpm(struct mounting *m)
{
	const struct tpm_options o = { .tcti = m->fs.opt->tpm,
				       .dirfd = m->state.fd,
				       .dirname = m->state.path };
	struct diag d = { 0 };
	int r = tpm_open(&o, &m->fs.extender, &m->fs.private_tpm, &d);

	if (r)
		return fail(r, &d);
	if (!m->fs.extender)
		log_warn("no TPM: nothing vouches for the measurement list");
	else if (m->fs.extender->left_out[0])
		log_warn(
			"the TPM has PCR banks that are not extended and vouch "
			"for nothing; switch them off (tpm2_pcrallocate) "
			"banks=\"%s\"",
			m->fs.extender->left_out);
	return name_tpm(m);
}

/* Whether PCR 10 of a hardware TPM holds something: the kernel's list. */
static int pcr_in_use(struct extender *x, bool *ret)
{
	struct digest value[TPM_BANKS_MAX];
	int r = x->ops->read(x, KERNEL_PCR, value);

	if (r)
		return r;
	*ret = false;
	for (unsigned i = 0; i < x->n_banks; i++) {
		for (size_t at = 0; at < value[i].size; at++) {
			if (value[i].bytes[at])
				*ret = true;
		}
	}
	return 0;
}

/*
 * PCR 10 is kernel IMA's. Where it has used it, its list is what explains the
 * PCR, and our journal begins with it (journal.h). Without a readable list the
 * journal will refuse the PCR by itself.
 */
static int adopt_kernel_list(struct mounting *m)
{
	bool in_use;
	int r;

	if (!m->fs.extender || m->fs.private_tpm ||
	    m->fs.opt->pcr != KERNEL_PCR)
		return 0;
	r = pcr_in_use(m->fs.extender, &in_use);
	if (r) {
		log_err("cannot read PCR %d of %s: %s", KERNEL_PCR, m->fs.tcti,
			strerror(-r));
		return r;
	}
	if (!in_use)
		return 0;
	r = io_read_file(AT_FDCWD, KERNEL_LIST, KERNEL_LIST_MAX, &m->adopted);
	if (r == -ENOENT || r == -EACCES)
		return 0;
	if (r)
		log_err("cannot read " KERNEL_LIST ": %s", strerror(-r));
	return r;
}

static int open_journal(struct mounting *m)
{
	const struct mount_options *opt = m->fs.opt;
	struct journal_options o = {
		.dirfd = m->state.fd,
		.dirname = m->state.path,
		.extender = m->fs.extender,
		.alone = m->fs.private_tpm,
		.pcr = opt->pcr,
		.hash = opt->hash,
		.template = m->fs.template =
			template_define(opt->template, strlen(opt->template)),
	};
	struct diag d = { 0 };
	int r;

	if (!o.template)
		return -ENOMEM; /* the options were checked */
	r = adopt_kernel_list(m);
	if (r)
		return r;
	if (m->adopted.len) {
		o.adopt = m->adopted.data;
		o.adopt_len = m->adopted.len;
	}
	r = journal_open(&o, &m->fs.journal, &d);
	return r ? fail(r, &d) : 0;
}

/* What locking comes to where there is no tmpfs without swap. */
static void tell_locking(struct store *store)
{
	struct store_info info;
	struct rlimit limit;

	store_stat(store, &info);
	if (info.noswap || getrlimit(RLIMIT_MEMLOCK, &limit) ||
	    limit.rlim_cur == RLIM_INFINITY)
		return;
	log_info("verified content beyond RLIMIT_MEMLOCK may be swapped out "
		 "limit=%" PRIu64,
		 (uint64_t)limit.rlim_cur);
}

static int make_tables(struct mounting *m)
{
	struct fs *fs = &m->fs;
	int r = store_new(fs->opt->lock_budget, &fs->store);

	if (r == 0)
		tell_locking(fs->store);
	if (r == 0)
		r = inode_table_new(&fs->source, &fs->inodes);
	if (r == 0)
		r = id_key_make(fs);
	if (r == 0)
		r = denials_new(&fs->denials);
	if (r == 0)
		r = control_new(fs, &fs->control);
	if (r)
		log_err("cannot set up the mount: %s", strerror(-r));
	return r;
}

static int mount_it(struct mounting *m)
{
	int r = session_open(&m->fs);

	if (r)
		return r;
	r = privilege_drop();
	if (r)
		log_err("cannot give up privileges: %s", strerror(-r));
	return r;
}

/* Accepts a mount at any stage of the making. */
static int take_down(struct mounting *m)
{
	struct fs *fs = &m->fs;
	bool recorded = fs->journal != NULL;
	bool settled;
	int r;

	session_close(fs);
	serving = NULL;
	dirs_release(fs);
	control_release_all(fs);
	control_free(fs->control);
	inode_table_free(fs->inodes);
	retries_free(fs);
	store_free(fs->store);
	denials_free(fs->denials);
	policy_unref(fs->policy);
	keyring_free(fs->keys);
	keyring_free(fs->evm_keys);
	settled = recorded && !journal_degraded(fs->journal);
	r = journal_close(fs->journal);
	if (r)
		log_err("the journal in %s may lack its end: %s", m->state.path,
			strerror(-r));
	if (fs->extender)
		fs->extender->ops->close(fs->extender);
	/*
	 * A TPM that ran before and whose journal could not be opened is the
	 * evidence of what happened: it stays. So does one whose journal has
	 * no end: the next start goes on, or settles what is in doubt.
	 */
	if (m->fs.private_tpm && (recorded ? settled && r == 0 : !m->old_tpm)) {
		int e = tpm_end_private(m->state.fd);

		if (e)
			log_warn("the software TPM in %s still runs: %s",
				 m->state.path, strerror(-e));
	}
	free(fs->tcti);
	source_close(&fs->source);
	buf_release(&m->adopted);
	if (!recorded)
		state_discard(&m->state);
	state_release(&m->state);
	return r;
}

/* From here on nobody waits for us and nobody reads what we print. */
static void detach_from_parent(struct mounting *m)
{
	static const char done = 'm';
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = 0; null >= 0 && fd <= 2; fd++)
		(void)dup2(null, fd); /* both are valid */
	if (null > 2)
		(void)close(null); /* nothing to lose */
	/* a parent that is gone needs no answer */
	if (write(m->told, &done, 1) < 0)
		log_debug("nobody waits for the mount");
	(void)close(m->told); /* a pipe */
	m->told = -1;
}

static void on_ready(void *arg)
{
	struct mounting *m = arg;
	bool daemon = m->told >= 0;
	struct policy *p;
	int r = log_start(daemon ? LOG_TO_SYSLOG : LOG_TO_STDERR);

	if (r)
		log_warn("log lines are written by those who serve error=%s",
			 strerror(-r));
	if (daemon)
		detach_from_parent(m);
	else
		notify_ready();
	/* the mount is in use: somebody may be loading another policy */
	p = fs_policy(&m->fs);
	log_info("mounted source=%s mountpoint=%s rules=%zu passthrough=%s",
		 m->fs.opt->source, m->fs.opt->mountpoint, policy_count(p),
		 m->fs.passthrough ? "yes" : "no");
	policy_unref(p);
}

/* @told: where to report success; -1 in the foreground */
static int serve(const struct mount_options *o, int told)
{
	static int (*const steps[])(struct mounting * m) = {
		open_source, open_state,   load_keys,	load_policy,
		open_tpm,    open_journal, make_tables, mount_it,
	};
	struct mounting m = {
		.fs = { .opt = o,
			.timeout = ATTR_TIMEOUT,
			.source = { .root = -1, .mount = -1 },
			.settle_lock = PTHREAD_MUTEX_INITIALIZER,
			.settled = PTHREAD_COND_INITIALIZER,
			.retry_lock = PTHREAD_MUTEX_INITIALIZER,
			.dirs_lock = PTHREAD_MUTEX_INITIALIZER,
			.policy_lock = PTHREAD_MUTEX_INITIALIZER },
		.state = STATE_INIT,
		.told = told,
	};
	int r = 0, e;

	hold_signals();
	log_set_level(o->debug ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO);
	privilege_harden();
	proc_enter();
	for (size_t i = 0; r == 0 && i < sizeof(steps) / sizeof(steps[0]); i++)
		r = steps[i](&m);
	if (r == 0) {
		take_signals(&m.fs);
		r = session_run(&m.fs, on_ready, &m);
	}
	e = take_down(&m);
	if (m.told >= 0)
		(void)close(m.told); /* the parent reads the end: failure */
	if (r == 0)
		log_info("unmounted mountpoint=%s", o->mountpoint);
	log_stop();
	return r ? r : e;
}

/* In the daemon: no terminal, no directory kept busy, nothing inherited. */
static int become_daemon(int told)
{
	if (setsid() < 0)
		return -errno;
	/* a second fork: no session leader, so never a terminal again */
	switch (fork()) {
	case -1:
		return -errno;
	case 0:
		break;
	default:
		_exit(0);
	}
	if (chdir("/"))
		return -errno;
	if (told > 3)
		(void)close_range(3, (unsigned)told - 1, 0);
	(void)close_range((unsigned)told + 1, ~0u, 0);
	return 0;
}

/* Return: 0 if the daemon has said that it serves. */
static int wait_for_daemon(pid_t first, int told)
{
	char answer;
	ssize_t n;

	while (waitpid(first, NULL, 0) < 0 && errno == EINTR)
		;
	do {
		n = read(told, &answer, 1);
	} while (n < 0 && errno == EINTR);
	return n == 1 ? 0 : -ECHILD; /* it has printed why */
}

/* Descriptors 0, 1, 2 must not become something else by accident. */
static int fill_standard_fds(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
		if (fd < 0)
			return -errno;
	} while (fd <= 2);
	(void)close(fd); /* nothing to lose */
	return 0;
}

int mount_run(const struct mount_options *o, bool *ret_daemon)
{
	int pipe_fd[2];
	pid_t child;
	int r = fill_standard_fds();

	*ret_daemon = false;
	if (r)
		return r;
	if (o->foreground || o->debug)
		return serve(o, -1);
	if (pipe2(pipe_fd, O_CLOEXEC))
		return -errno;
	child = fork();
	if (child == 0) {
		*ret_daemon = true;
		(void)close(pipe_fd[0]); /* the parent's end */
		r = become_daemon(pipe_fd[1]);
		if (r)
			log_err("cannot become a daemon: %s", strerror(-r));
		return r ? r : serve(o, pipe_fd[1]);
	}
	r = child < 0 ? -errno : 0;
	(void)close(pipe_fd[1]); /* the daemon's end */
	if (r == 0)
		r = wait_for_daemon(child, pipe_fd[0]);
	(void)close(pipe_fd[0]); /* a pipe */
	return r;
}
