// SPDX-License-Identifier: Apache-2.0
/* Console messages and the end of a boot; see console.h. */
#include "init/console.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "base/cleanup.h"

#define NAME "imafs-init: "

/* include/linux/kern_levels.h */
enum kernel_level {
	LEVEL_INFO = 6,
	LEVEL_DEBUG = 7
};

void console_open(bool last_chance)
{
	int fd;

	/* the kernel opens it for init only where /dev has it by then */
	do {
		fd = open("/dev/console", O_RDWR | O_NOCTTY);
		if (fd < 0 && last_chance)
			fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= 2);
	if (fd > 2)
		(void)close(fd); /* a device */
}

static void write_all(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return; /* whom to tell? */
		text += n;
		len -= (size_t)n;
	}
}

static void to_kernel(enum kernel_level level, const char *text)
{
	CLEANUP(closep) int fd = -1;
	char line[1024];
	int n;

	fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	n = snprintf(line, sizeof(line), "<%d>" NAME "%s\n", (int)level, text);
	if (fd >= 0 && n > 0) /* one write is one record */
		write_all(fd, line,
			  (size_t)n < sizeof(line) ? (size_t)n
						   : sizeof(line) - 1);
}

static void to_console(const char *text)
{
	write_all(STDERR_FILENO, NAME, sizeof(NAME) - 1);
	write_all(STDERR_FILENO, text, strlen(text));
	write_all(STDERR_FILENO, "\n", 1);
}

#define FORMAT(text, fmt)                                        \
	do {                                                     \
		va_list ap_;                                     \
		va_start(ap_, fmt);                              \
		(void)vsnprintf((text), sizeof(text), fmt, ap_); \
		va_end(ap_);                                     \
	} while (0)

void console_say(const char *fmt, ...)
{
	char text[900];

	FORMAT(text, fmt);
	to_console(text);
	/* at a level that does not come to the console a second time */
	to_kernel(LEVEL_DEBUG, text);
}

void console_note(const char *fmt, ...)
{
	char text[900];

	FORMAT(text, fmt);
	to_kernel(LEVEL_INFO, text);
}

void console_end(enum on_failure how)
{
	static const struct {
		int what;
		const char *say;
	} ends[] = {
		[FAIL_HALT] = { RB_HALT_SYSTEM, "The system is halted." },
		[FAIL_POWEROFF] = { RB_POWER_OFF, "Powering off." },
		[FAIL_REBOOT] = { RB_AUTOBOOT, "Rebooting." },
	};

	console_say("%s", ends[how].say);
	sync();
	(void)reboot(ends[how].what);
	console_say("cannot end the system: %s", strerror(errno));
}
