// SPDX-License-Identifier: Apache-2.0
/* Where settings are found; what they mean, config.c knows. */
#include "init/load.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "init/setting.h"

#define COMMAND_LINE "/proc/cmdline"
#define FILE_MAX     ((size_t)1 << 20)

static int check_owner(const char *path, struct diag *reterr)
{
	struct stat st;

	if (stat(path, &st))
		return -errno;
	if (st.st_uid == 0 && !(st.st_mode & 022))
		return 0;
	diag_at(reterr, 0, 0,
		"%s can be written by others than root (owner %u, mode %04o); "
		"chown root, chmod 0644, after looking at what is in it",
		path, st.st_uid, st.st_mode & 07777u);
	return -EPERM;
}

static int load_file(struct config *c, const char *path, bool must_be,
		     struct diag *reterr)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT;
	struct diag why = { 0 };
	int r = io_read_file(AT_FDCWD, path, FILE_MAX, &b);

	if (r == -ENOENT && !must_be)
		return 0;
	if (r < 0) {
		diag_at(reterr, 0, 0, "cannot read %s: %s", path, strerror(-r));
		return r;
	}
	r = check_owner(path, reterr);
	if (r < 0)
		return r;
	r = config_file(c, (const char *)b.data, b.len, &why);
	if (r < 0)
		diag_at(reterr, why.line, why.column, "%.150s:%u:%u: %.300s",
			path, why.line, why.column,
			why.msg[0] ? why.msg : strerror(-r));
	return r;
}

static int load_words(struct config *c, const struct buf *words,
		      struct diag *reterr)
{
	struct diag why = { 0 };
	int r = config_words(c, (const char *)words->data, words->len, &why);

	if (r < 0)
		diag_at(reterr, 0, 0, "kernel command line: %.400s",
			why.msg[0] ? why.msg : strerror(-r));
	return r;
}

int load_command_line(struct config *c, struct diag *reterr)
{
	CLEANUP(buf_release) struct buf words = BUF_INIT;
	int r = io_read_file(AT_FDCWD, COMMAND_LINE, FILE_MAX, &words);

	return r < 0 ? r : load_words(c, &words, reterr);
}

int load_config(struct config *c, const char *file, struct diag *reterr)
{
	CLEANUP(buf_release) struct buf words = BUF_INIT;
	CLEANUP(freep) char *named = NULL;
	struct diag later = { 0 };
	int r = io_read_file(AT_FDCWD, COMMAND_LINE, FILE_MAX, &words), e;

	if (r < 0) {
		diag_at(reterr, 0, 0, "cannot read " COMMAND_LINE ": %s",
			strerror(-r));
		return r;
	}
	if (!file) {
		r = config_path((const char *)words.data, words.len, &named,
				reterr);
		file = named;
	}
	if (r == 0)
		r = load_file(c, file ? file : CONFIG_FILE, file != NULL,
			      reterr);
	e = load_words(c, &words, r == 0 ? reterr : &later);
	if (r == 0)
		r = e;
	return r < 0 ? r : config_check(c, reterr);
}

/* Return: how many of the two paths there are; -ENOMEM. */
static int add_present(struct config *c, const char *name,
		       const char *const paths[2], struct diag *reterr)
{
	const struct setting *s = setting_find(name, strlen(name));
	int n = 0;

	for (size_t i = 0; i < 2; i++) {
		int r;

		/* what cannot be looked at is there: imafs will say why */
		if (faccessat(AT_FDCWD, paths[i], F_OK, AT_SYMLINK_NOFOLLOW) &&
		    (errno == ENOENT || errno == ENOTDIR))
			continue;
		r = setting_apply(s, c, paths[i], reterr);
		if (r < 0)
			return r;
		n++;
	}
	return n;
}

int load_default_keys(struct config *c, struct diag *reterr)
{
	/* CONFIG_IMA_X509_PATH; systemd's src/core/ima-setup.c; dracut */
	static const char *const ima[2] = { "/etc/keys/x509_ima.der",
					    "/etc/keys/ima" };
	/* CONFIG_EVM_X509_PATH; dracut */
	static const char *const evm[2] = { "/etc/keys/x509_evm.der",
					    "/etc/keys/evm" };
	int r = 1;

	if (!c->evm_keys)
		r = add_present(c, "evm_keys", evm, reterr);
	if (r >= 0)
		r = c->keys ? 1 : add_present(c, "keys", ima, reterr);
	if (r != 0)
		return r < 0 ? r : 0;
	diag_at(reterr, 0, 0,
		"there are no keys: neither %s nor %s exists; put certificates "
		"there or set keys=",
		ima[0], ima[1]);
	return -ENOKEY;
}
