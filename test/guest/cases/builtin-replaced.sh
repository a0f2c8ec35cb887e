# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# A policy that is loaded replaces the built-in one.

boot='ima_policy=tcb'
scope='machine'
policy='measure func=FILE_CHECK fowner=1000 fsname=ext4'

. "$here/builtins.sh"

ops='
read plain => ok
read users => ok +1
read none => ok
exec run => ok
exec run-users => ok +1
exec run-none => ok
exec dynamic => ok
write written x => ok
read written => ok
write new x => ok
read new => ok
mkdir dir => ok
chown new 1000 1000 => ok
read new => ok +1
as user
read users => ok
read plain => ok
read none => ok
exec run => ok
exec run-users => ok
as 1000:1000/0:0
read users => ok
read plain => ok
as root
open h written w => ok
open - written r => ok
close h => ok
open h written r => ok
open - written w => ok
close h => ok
'
