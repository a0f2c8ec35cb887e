/* SPDX-License-Identifier: Apache-2.0 */
/* An empty directory for one test. Fails the program rather than the call. */
#ifndef TEST_FAKE_TEMP_DIR_H
#define TEST_FAKE_TEMP_DIR_H

#include <stddef.h>
#include <stdint.h>

struct temp_dir {
	char path[64];
	int fd;
};

void temp_dir_make(struct temp_dir *d);
/* With what is in it, one level of directories deep. */
void temp_dir_remove(struct temp_dir *d);

/* A file's bytes, malloc()ed; *ret_len bytes. */
uint8_t *temp_dir_read(const struct temp_dir *d, const char *name,
		       size_t *ret_len);
void temp_dir_write(const struct temp_dir *d, const char *name,
		    const void *data, size_t len);

#endif
