/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How imafs-init talks to people who see a console and nothing else, and how a
 * boot ends that must not go on.
 */
#ifndef INIT_CONSOLE_H
#define INIT_CONSOLE_H

#include "init/config.h"

/*
 * Makes sure that descriptors 0 to 2 are something: the console if it is there.
 * @last_chance: else /dev/null
 */
void console_open(bool last_chance);

/* One line on the console, and in the kernel's log as far as there is one. */
void console_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Into the kernel's log only. */
void console_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Ends the system. Returns only where reboot(2) is not allowed. */
void console_end(enum on_failure how);

#endif
