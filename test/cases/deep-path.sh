#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Directories can be nested without end; what is kept of a denial cannot.
. "$(dirname "$0")/lib/harness.sh"

DEPTH=400

need_root
need_program perl
perl -e 'my ($dir, $depth) = @ARGV; my $name = "x" x 250;
	chdir $dir or die $!;
	for (1 .. $depth) { mkdir $name or die $!; chdir $name or die $!; }
	open(F, ">", "deep") or die $!; print F "x"; close(F)' "$SRC" "$DEPTH"
start_mount

it 'a denial of a file with an endless path has its name alone'
set_policy 'appraise func=FILE_CHECK uid=1000'
chmod 755 "$SRC"
as_user 1000 perl -e 'my ($dir, $depth) = @ARGV; my $name = "x" x 250;
	chdir $dir or die $!;
	for (1 .. $depth) { chdir $name or die $!; }
	open(F, "<", "deep") and die "was let through"; exit 0' "$MNT" "$DEPTH"
denied_because missing-hash 'name="deep"'
[ "$(wc -c <"$MNT/.ima/denials")" -lt 4096 ] || fail 'the denial is long'

it 'one with a path of less than PATH_MAX has all of it'
d=$(printf 'y%.0s' {1..200})
mkdir -p "$SRC/$d/$d/$d"
echo x >"$SRC/$d/$d/$d/file"
expect_fail EACCES as_user 1000 cat "$MNT/$d/$d/$d/file"
denied_because missing-hash "$MNT/$d/$d/$d/file"

stop_mount
finish
