# shellcheck shell=sh disable=SC2034
# SPDX-License-Identifier: Apache-2.0
#
# modes.sh - what the cases about ima_appraise= have in common: labels of every
# sort, and all that can be done with them where nothing is denied
#
# mode_ops FIXED MADE RESIZED: what is to be done. FIXED is what asking for the
# label of a file that had none or a bad one comes to, MADE that of a file that
# was made, RESIZED that of one that was truncated.

policy='measure func=FILE_CHECK mask=MAY_READ
appraise func=FILE_CHECK appraise_type=imasig fowner=7
appraise func=FILE_CHECK
appraise func=BPRM_CHECK'

tree()
{
	file good "good\n"
	digest good sha256
	file good512 "good512\n"
	digest good512 sha512
	file old "old\n"
	digest_old old sha1
	file none "none\n"
	file wrong "wrong\n"
	raw wrong "0404$(hex_digest sha256 none)"
	file wrong512 "wrong512\n"
	raw wrong512 "0406$(hex_digest sha512 none)"
	file wrong-old "wrong-old\n"
	raw wrong-old "01$(hex_digest sha1 none)"
	file garbage "garbage\n"
	raw garbage 0505
	file signed "signed\n"
	sign signed
	file signed-badly "signed badly\n"
	sign signed-badly
	tamper signed-badly
	file stranger "stranger\n"
	sign stranger stranger
	file written "written\n"
	file strict-none none 0644 7:7
	file strict-hash hash 0644 7:7
	digest strict-hash sha256
	file strict-signed signed 0644 7:7
	sign strict-signed
	prog run
	prog run-bad
	raw run-bad "0404$(hex_digest sha256 none)"
	file user-none "none\n" 0666 1000:1000
}

mode_ops()
{
	fixed=$1 made=$2 resized=$3
	cat <<-END
	read good => ok +1
	read good512 => ok +1
	read old => ok +1
	read none => ok +1
	read none => ok
	read wrong => ok +1
	read wrong512 => ok +1
	read wrong-old => ok +1
	read garbage => ok +1
	read signed => ok +1
	read signed-badly => ok +1
	read stranger => ok +1
	getxattr none security.ima => $fixed
	getxattr wrong security.ima => ok
	getxattr wrong512 security.ima => ok
	getxattr wrong-old security.ima => ok
	getxattr garbage security.ima => ok
	getxattr signed-badly security.ima => ok
	append none x => ok
	getxattr none security.ima => $fixed
	read none => ok +1
	open - written w => ok
	getxattr written security.ima => $fixed
	append written x => ok
	getxattr written security.ima => $fixed
	write written y => ok
	getxattr written security.ima => $fixed
	read written => ok +1
	append signed x => ok
	append signed-badly x => ok
	read strict-none => ok +1
	getxattr strict-none security.ima => $fixed
	read strict-hash => ok +1
	read strict-signed => ok +1
	append strict-none x => ok
	exec run => ok
	getxattr run security.ima => $fixed
	exec run-bad => ok
	getxattr run-bad security.ima => ok
	write new new => ok
	getxattr new security.ima => $made
	read new => ok +1
	open - new r => ok
	truncate new 1 => ok
	read new => ok ~16 ok +1
	getxattr new security.ima => $resized
	as user
	read user-none => ok +1
	append user-none x => ok
	getxattr user-none security.ima => $fixed
	read user-none => ok +1
	END
}
