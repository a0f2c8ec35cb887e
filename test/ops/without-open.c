// SPDX-License-Identifier: Apache-2.0
/*
 * Runs a program for which the kernel knows no open_by_handle_at(2) that opens
 * a file's content (ENOSYS); to find files by handle works.
 *
 *     without-open PROGRAM ARGUMENT...
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Where the flags are: the low half of the third argument. */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define FLAGS_AT (offsetof(struct seccomp_data, args[2]) + sizeof(uint32_t))
#else
#define FLAGS_AT offsetof(struct seccomp_data, args[2])
#endif

/* None of them: an open for reading, and a file's. */
#define NOT_CONTENT (O_PATH | O_ACCMODE | O_DIRECTORY | O_NONBLOCK)

int main(int argc, char **argv)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_open_by_handle_at, 0,
			 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, FLAGS_AT),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, NOT_CONTENT, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };

	if (argc < 2)
		return 2;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) {
		perror("seccomp");
		return 1;
	}
	(void)execv(argv[1], argv + 1);
	perror(argv[1]);
	return 1;
}
