// SPDX-License-Identifier: Apache-2.0
/*
 * tpm/ with a real swtpm: its life and its PCRs. The journal over a crash is in
 * test-tpm-journal.c, what others read of it (tpm2_pcrread) in test/interop
 * too.
 */
#include "test/tpm/swtpm-fixture.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "base/hex.h"
#include "test/fake/vectors.h"
#include "tpm/journal/pcr_set.h"

/* Every swtpm has the banks that are asked for here. */
static unsigned bank_of(struct fixture *f, enum hash_alg alg)
{
	unsigned i = 0;

	while (i < f->x->n_banks && f->x->bank[i] != alg)
		i++;
	assert_true(i < f->x->n_banks);
	return i;
}

static void assert_pcr(struct fixture *f, unsigned pcr, enum hash_alg alg,
		       const char *want)
{
	struct digest value[TPM_BANKS_MAX];
	char text[2 * DIGEST_MAX + 1];
	unsigned i = bank_of(f, alg);

	read_pcr(f, pcr, value);
	hex_encode(text, value[i].bytes, value[i].size);
	assert_string_equal(text, want);
}

static void known_entries_lead_to_the_known_pcr(void **state)
{
	struct fixture *f = *state;
	struct pcr_set set;

	open_tpm(f);
	pcr_set_init(&set, f->x->bank, f->x->n_banks);
	for (size_t i = 0; i < VECTORS_IN_PCR; i++) {
		const struct vector *v = vector(i);
		struct digest d[TPM_BANKS_MAX];
		size_t len = strlen(v->data) / 2;
		uint8_t *data = malloc(len);

		assert_int_equal(hex_decode(v->data, data, len), 0);
		assert_int_equal(pcr_set_digests(&set, v->template, data, len,
						 v->event.violation, d),
				 0);
		assert_int_equal(f->x->ops->extend(f->x, 10, d), 0);
		free(data);
	}
	assert_pcr(f, 10, HASH_ALG_SHA1, vector_pcr_sha1);
	assert_pcr(f, 10, HASH_ALG_SHA256, vector_pcr_sha256);
}

static void it_is_found_again_with_its_pcrs(void **state)
{
	struct fixture *f = *state;
	struct digest before[TPM_BANKS_MAX], after[TPM_BANKS_MAX];
	unsigned n;
	pid_t pid;

	open_tpm(f);
	n = f->x->n_banks;
	assert_true(n >= 2);
	assert_int_equal(extend_byte(f, 10, 1), 0);
	assert_int_equal(extend_byte(f, 23, 2), 0);
	read_pcr(f, 10, before);
	pid = pid_in_file(f);
	for (int i = 0; i < 3; i++) {
		close_tpm(f);
		/* somebody lost the file: the socket knows */
		if (i == 1)
			assert_int_equal(unlinkat(f->dir.fd, "swtpm.pid", 0),
					 0);
		open_tpm(f);
		assert_int_equal(pid_in_file(f), pid);
		read_pcr(f, 10, after);
		for (unsigned k = 0; k < n; k++)
			assert_true(digest_equal(&before[k], &after[k]));
	}
}

static void its_files_are_for_us_alone(void **state)
{
	static const char *const names[] = { "swtpm.sock", "swtpm.sock.ctrl",
					     "swtpm.pid", "swtpm",
					     "swtpm/tpm2-00.permall" };
	struct fixture *f = *state;

	open_tpm(f);
	for (size_t i = 0; i < 5; i++) {
		struct stat st;

		assert_int_equal(
			fstatat(f->dir.fd, names[i], &st, AT_SYMLINK_NOFOLLOW),
			0);
		assert_int_equal(st.st_mode & 0077, 0);
	}
}

static void it_gets_no_descriptor_of_ours_and_no_signal(void **state)
{
	struct fixture *f = *state;
	char path[64], target[256];
	int leak = open("/etc/hostname", O_RDONLY); /* not O_CLOEXEC */
	const struct dirent *e;
	struct stat st;
	DIR *dir;
	pid_t pid;

	assert_true(leak >= 0);
	open_tpm(f);
	pid = pid_in_file(f);
	(void)snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	dir = opendir(path);
	assert_non_null(dir);
	while ((e = readdir(dir)) != NULL) {
		ssize_t n = readlinkat(dirfd(dir), e->d_name, target,
				       sizeof(target) - 1);

		target[n < 0 ? 0 : n] = '\0';
		assert_null(strstr(target, "hostname"));
	}
	(void)closedir(dir);
	(void)close(leak);
	assert_int_not_equal(getsid(pid), getsid(0));
	/* what it writes after each command does not add up */
	for (int i = 0; i < 50; i++)
		assert_int_equal(extend_byte(f, 10, 1), 0);
	(void)snprintf(path, sizeof(path), "/proc/%d/fd/2", (int)pid);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 0);
}

static void pcrs_that_it_has_not_are_an_error(void **state)
{
	struct fixture *f = *state;
	struct digest value[TPM_BANKS_MAX];

	open_tpm(f);
	assert_int_equal(f->x->ops->read(f->x, 24, value), -ENXIO);
	assert_int_equal(f->x->ops->read(f->x, 63, value), -ENXIO);
	assert_int_equal(extend_byte(f, 63, 1), -ENXIO);
	assert_true(extend_byte(f, 24, 1) < 0);
	assert_int_equal(extend_byte(f, 17, 1), -EPERM); /* locality */
	assert_int_equal(extend_byte(f, 10, 1), 0);
}

static void any_directory_is_good_enough(void **state)
{
	struct fixture *f = *state;
	char name[256];
	int fd;
	struct tpm_options o = { .tcti = "swtpm" };
	struct digest value[TPM_BANKS_MAX];
	bool private_tpm;

	need("swtpm");
	/* longer than a socket's address; with what swtpm's options split at */
	memset(name, 'a', 200);
	(void)strcpy(name + 200, ",x=y: z");
	assert_int_equal(mkdirat(f->dir.fd, name, 0700), 0);
	fd = openat(f->dir.fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	o.dirfd = fd;
	o.dirname = name;
	assert_int_equal(tpm_open(&o, &f->x, &private_tpm, &f->diag), 0);
	read_pcr(f, 10, value);
	close_tpm(f);
	assert_int_equal(tpm_end_private(fd), 0);
	assert_int_equal(unlinkat(fd, "swtpm.lock", 0), 0);
	(void)close(fd);
	assert_int_equal(unlinkat(f->dir.fd, name, AT_REMOVEDIR), 0);
}

/* Gone, or a zombie that nobody here is the parent of. */
static bool has_ended(pid_t pid)
{
	char path[64], line[256] = "";
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "re");
	if (!file)
		return true;
	if (!fgets(line, sizeof(line), file))
		line[0] = '\0';
	(void)fclose(file);
	return strstr(line, ") Z ") != NULL;
}

static void ending_it_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	const struct dirent *e;
	DIR *dir;
	pid_t pid;

	open_tpm(f);
	pid = pid_in_file(f);
	close_tpm(f);
	assert_int_equal(tpm_end_private(f->dir.fd), 0);
	assert_true(has_ended(pid));
	dir = opendir(f->dir.path);
	assert_non_null(dir);
	while ((e = readdir(dir)) != NULL) {
		if (e->d_name[0] != '.')
			assert_string_equal(e->d_name, "swtpm.lock");
	}
	(void)closedir(dir);
	/* again: nothing to do */
	assert_int_equal(tpm_end_private(f->dir.fd), 0);
	/* the next one is another TPM */
	open_tpm(f);
	assert_pcr(f, 10, HASH_ALG_SHA1,
		   "0000000000000000000000000000000000000000");
}

static void the_pid_file_kills_nobody(void **state)
{
	struct fixture *f = *state;
	pid_t child = fork();
	char text[32];
	int status, n;

	assert_true(child >= 0);
	if (child == 0) {
		(void)pause();
		_exit(0);
	}
	n = snprintf(text, sizeof(text), "%d\n", (int)child);
	temp_dir_write(&f->dir, "swtpm.pid", text, (size_t)n);
	assert_int_equal(tpm_end_private(f->dir.fd), 0);
	assert_int_equal(waitpid(child, &status, WNOHANG), 0);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
}

static void without_swtpm_the_message_says_what_to_install(void **state)
{
	struct fixture *f = *state;
	char *path = strdup(getenv("PATH"));

	assert_int_equal(setenv("PATH", "/nonexistent", 1), 0);
	assert_int_equal(try_open(f), -ENOENT);
	assert_int_equal(setenv("PATH", path, 1), 0);
	free(path);
	assert_non_null(strstr(f->diag.msg, "install"));
	assert_null(f->x);
}

static void a_start_that_fails_says_why_in_swtpms_words(void **state)
{
	struct fixture *f = *state;
	char rubbish[2000];
	struct stat st;

	need("swtpm");
	memset(rubbish, 'x', sizeof(rubbish));
	assert_int_equal(mkdirat(f->dir.fd, "swtpm", 0700), 0);
	temp_dir_write(&f->dir, "swtpm/tpm2-00.permall", rubbish,
		       sizeof(rubbish));
	assert_true(try_open(f) < 0);
	assert_null(f->x);
	assert_non_null(strstr(f->diag.msg, "software TPM"));
	assert_non_null(strstr(f->diag.msg, "swtpm: "));
	/* nothing of it is left to be found as a running one */
	assert_int_equal(fstatat(f->dir.fd, "swtpm.sock", &st, 0), -1);
	open_tpm(f);
}

static void a_tpm_that_dies_costs_an_error_not_the_process(void **state)
{
	struct fixture *f = *state;
	struct digest value[TPM_BANKS_MAX];

	open_tpm(f);
	assert_int_equal(extend_byte(f, 10, 1), 0);
	assert_int_equal(kill(pid_in_file(f), SIGKILL), 0);
	assert_int_equal(extend_byte(f, 10, 1), -EIO);
	assert_int_equal(f->x->ops->read(f->x, 10, value), -EIO);
	assert_int_equal(extend_byte(f, 10, 1), -EIO);
	close_tpm(f);
	/* the next one begins with zeros, and the journal will say so */
	open_tpm(f);
	assert_pcr(f, 10, HASH_ALG_SHA1,
		   "0000000000000000000000000000000000000000");
}

static void a_connection_that_failed_is_made_anew(void **state)
{
	struct fixture *f = *state;
	struct extender *old;
	struct digest value[TPM_BANKS_MAX];

	open_tpm(f);
	old = f->x;
	assert_int_equal(kill(pid_in_file(f), SIGKILL), 0);
	assert_int_equal(extend_byte(f, 10, 1), -EIO);
	open_tpm(f); /* another one, in the same place */
	assert_int_equal(old->ops->read(old, 10, value), 0);
	old->ops->close(old);
}

#define STARTERS 6

static void many_that_start_it_get_one(void **state)
{
	struct fixture *f = *state;
	pid_t child[STARTERS];

	need("swtpm");
	for (int i = 0; i < STARTERS; i++) {
		child[i] = fork();
		assert_true(child[i] >= 0);
		if (child[i] == 0)
			_exit(try_open(f) == 0 && extend_byte(f, 10, 5) == 0
				      ? 0
				      : 1);
	}
	for (int i = 0; i < STARTERS; i++) {
		int status;

		assert_int_equal(waitpid(child[i], &status, 0), child[i]);
		assert_int_equal(status, 0);
	}
	open_tpm(f);
	/* all of them extended the same PCR */
	for (int i = 0; i < STARTERS; i++)
		assert_int_equal(extend_byte(f, 23, 5), 0);
	{
		struct digest a[TPM_BANKS_MAX], b[TPM_BANKS_MAX];

		read_pcr(f, 10, a);
		read_pcr(f, 23, b);
		assert_true(digest_equal(&a[0], &b[0]));
	}
}

/* Runs tpm2_pcrread until it is told to stop; exits with its failures. */
static pid_t start_reader(const char *dir)
{
	pid_t pid = fork();
	char tcti[160];
	unsigned runs = 0;

	if (pid)
		return pid;
	(void)snprintf(tcti, sizeof(tcti), "swtpm:path=%s/swtpm.sock", dir);
	while (runs < 40) {
		pid_t child = fork();
		int status = 1;

		if (child == 0) {
			int null = open("/dev/null", O_WRONLY);

			(void)dup2(null, STDOUT_FILENO);
			(void)execlp("tpm2_pcrread", "tpm2_pcrread", "-T", tcti,
				     "sha256:10", (char *)NULL);
			_exit(127);
		}
		if (waitpid(child, &status, 0) != child || status != 0)
			_exit(1);
		runs++;
	}
	_exit(0);
}

static void others_read_pcrs_while_we_extend(void **state)
{
	struct fixture *f = *state;
	int status = -1;
	unsigned n = 0;
	pid_t reader;

	open_tpm(f);
	need("tpm2_pcrread");
	reader = start_reader(f->dir.path);
	assert_true(reader > 0);
	while (waitpid(reader, &status, WNOHANG) == 0) {
		assert_int_equal(extend_byte(f, 10, 1), 0);
		n++;
	}
	assert_int_equal(status, 0);
	assert_true(n > 100);
	print_message("# %u extends beside 40 runs of tpm2_pcrread\n", n);
}

static void the_time_of_an_extend(void **state)
{
	struct fixture *f = *state;
	struct timespec a, b;
	double us;

	open_tpm(f);
	(void)clock_gettime(CLOCK_MONOTONIC, &a);
	for (int i = 0; i < 500; i++)
		assert_int_equal(extend_byte(f, 10, 1), 0);
	(void)clock_gettime(CLOCK_MONOTONIC, &b);
	us = ((double)(b.tv_sec - a.tv_sec) * 1e9 +
	      (double)(b.tv_nsec - a.tv_nsec)) /
	     1e3 / 500;
	print_message("# %.1f us an extend, %u banks\n", us, f->x->n_banks);
	assert_true(us < 50000); /* nothing waits for a timer */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(known_entries_lead_to_the_known_pcr),
		T(it_is_found_again_with_its_pcrs),
		T(its_files_are_for_us_alone),
		T(it_gets_no_descriptor_of_ours_and_no_signal),
		T(pcrs_that_it_has_not_are_an_error),
		T(any_directory_is_good_enough),
		T(ending_it_leaves_nothing),
		T(the_pid_file_kills_nobody),
		T(without_swtpm_the_message_says_what_to_install),
		T(a_start_that_fails_says_why_in_swtpms_words),
		T(a_tpm_that_dies_costs_an_error_not_the_process),
		T(a_connection_that_failed_is_made_anew),
		T(many_that_start_it_get_one),
		T(others_read_pcrs_while_we_extend),
		T(the_time_of_an_extend),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
