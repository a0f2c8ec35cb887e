// SPDX-License-Identifier: Apache-2.0
/*
 * A program that looks at its own image: for each line on its standard input
 * it lets go of the pages of a constant table, so that they are read from its
 * file again, and prints the sum of them. It is built twice, with another
 * FILL; both have the same size.
 */
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>

#define PAGE  4096
#define BYTES (64 * PAGE)

/* Nothing but table on its pages, and nothing known to the compiler. */
static const volatile uint8_t table[BYTES]
	__attribute__((aligned(PAGE))) = { [0 ... BYTES - 1] = FILL };

int main(void)
{
	int c;

	while ((c = getchar()) != EOF) {
		unsigned long sum = 0;

		if (c != '\n')
			continue;
		if (madvise((void *)(uintptr_t)table, BYTES, MADV_DONTNEED)) {
			perror("madvise");
			return 1;
		}
		for (size_t i = 0; i < BYTES; i++)
			sum += table[i];
		printf("%lu\n", sum);
		(void)fflush(stdout);
	}
	return 0;
}
