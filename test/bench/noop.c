// SPDX-License-Identifier: Apache-2.0
/* The small static program whose exec is measured; it ends at once. */
int main(void)
{
	return 0;
}
