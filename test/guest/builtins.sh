# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
#
# builtins.sh - the files that the cases about built-in policies look at: of
# root and of others, labelled, signed and not. Sourced.
tree()
{
	file plain plain
	file users users 0644 1000:1000
	digest plain sha256
	file none none
	prog run
	digest run sha256
	prog run-users 0755 1000:1000
	printf u >>run-users
	prog run-none
	printf n >>run-none
	dynamic dynamic
	digest dynamic sha256
	digest ld.so sha256
	digest libsay.so sha256
	file written 0
	digest written sha256
}
