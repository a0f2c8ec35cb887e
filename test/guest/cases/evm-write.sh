# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# EVM with X.509 keys: writing what it covers, new files, labels that come first.

evm=0x80000002
policy='appraise func=FILE_CHECK
measure func=FILE_CHECK mask=MAY_READ'

tree()
{
	for name in portable portable2 bound bound2 hashed wrong signed; do
		file $name "$name content\n"
		[ $name = signed ] || hashed $name
	done
	portable portable
	portable portable2
	portable wrong
	chmod 0600 wrong
	sign signed
	portable signed
	bound bound
	bound bound2
	file source "portable2 content\n" 0640 5:6
	hashed source
	portable source
}

ops='
append portable x => EACCES
open - portable rw => EACCES
open - portable w,trunc => EACCES
read portable => ok +1
append bound x => ok
read bound => EACCES +1
getxattr bound security.ima => ok
append bound2 x => ok
append hashed x => EACCES
read hashed => EACCES +1
append wrong x => EACCES
chmod wrong 0644 => ok
append wrong x => EACCES
read wrong => ok +1
append signed x => EACCES
read signed => ok +1
truncate portable2 3 => ok
read portable2 => EACCES +1
write new text => ok
getxattr new security.ima => ok
read new => EACCES +1
append new x => EACCES
open h made w,creat => ok
fwrite h x => ok
close h => ok
read made => EACCES +1
mknod node => ok
chown node 5 6 => ok
chmod node 0640 => ok
copyxattr source node security.ima => ok
copyxattr source node security.evm => ok
read node => ok +1
append node x => ok
unlink node => ok
mknod later => ok
append later y => ok
chmod later 0600 => ok
read later => EACCES +1
'
