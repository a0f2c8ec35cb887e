// SPDX-License-Identifier: Apache-2.0
/*
 * The program that cases put into their trees: a few kilobytes, no libraries.
 * Says under which ids and capabilities it runs; the exit status is the number
 * of its arguments. Built as a library (-DLIBRARY) it is what the dynamically
 * linked variant (-DDYNAMIC) calls.
 */
#include <stdint.h>

static long call(long nr, long a, long b, long c)
{
	long r;

	__asm__ volatile("syscall"
			 : "=a"(r)
			 : "a"(nr), "D"(a), "S"(b), "d"(c)
			 : "rcx", "r11", "memory");
	return r;
}

#ifdef LIBRARY
void say(const char *text, long len);
void say(const char *text, long len)
{
	call(1 /* write */, 1, (long)text, len);
}
#elif defined(DYNAMIC)
void say(const char *text, long len);
#else
static void say(const char *text, long len)
{
	call(1 /* write */, 1, (long)text, len);
}
#endif

#ifndef LIBRARY
static char *put_number(char *to, const char *label, unsigned long n, long base)
{
	char digits[24];
	int i = 0;

	while (*label)
		*to++ = *label++;
	do
		digits[i++] = "0123456789abcdef"[n % base];
	while (n /= base);
	while (i)
		*to++ = digits[--i];
	return to;
}

static unsigned long effective_caps(void)
{
	struct {
		uint32_t version, pid;
	} header = { 0x20080522, 0 };
	struct {
		uint32_t effective, permitted, inheritable;
	} data[2] = { { 0 } };

	call(125 /* capget */, (long)&header, (long)data, 0);
	return data[0].effective | (unsigned long)data[1].effective << 32;
}

__attribute__((noreturn, used)) static void run(long argc)
{
	char line[128];
	char *at = line;

	at = put_number(at, "uid=", call(102, 0, 0, 0), 10);
	at = put_number(at, " euid=", call(107, 0, 0, 0), 10);
	at = put_number(at, " gid=", call(104, 0, 0, 0), 10);
	at = put_number(at, " egid=", call(108, 0, 0, 0), 10);
	at = put_number(at, " caps=", effective_caps(), 16);
	say(line, at - line);
	for (;;)
		call(60 /* exit */, argc - 1, 0, 0);
}

/* Entry: the stack pointer points at argc. */
__asm__(".globl _start\n"
	"_start: mov (%rsp), %rdi\n"
	"and $-16, %rsp\n"
	"call run\n");
#endif
