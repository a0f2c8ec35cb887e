/* SPDX-License-Identifier: Apache-2.0 */
/* Entries of a measurement list on stdout, once or as the list grows. */
#ifndef CLI_LOG_PRINT_H
#define CLI_LOG_PRINT_H

#include <stdbool.h>

#include "journal.h"

struct log_printer {
	const char *path; /* for messages */
	enum hash_alg view;
	bool json;
	bool terminal;	 /* stdout is one: control characters are escaped */
	uint64_t number; /* of the next entry */
};

/*
 * log_print() - print the whole entries of a piece of a list
 * @ret_used: bytes of it that were printed
 * Return: 0; -EAGAIN if the piece ends inside of an entry; -EBADMSG if it is
 * no list of .view; -ENOMEM; -errno of stdout.
 */
int log_print(struct log_printer *p, const uint8_t *list, size_t len,
	      size_t *ret_used);

/* Prints what is wrong with entry .number. Returns a cli_exit. */
int log_print_failed(const struct log_printer *p, int error);

/*
 * log_follow() - print the list in @file and then what is added to it
 * @file:    in the kernel's format, or a journal
 * Ends only with an error. Returns a cli_exit.
 */
int log_follow(struct log_printer *p, const char *file, bool is_journal);

#endif
