# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# How a policy is written: sessions, policies by path, who may.

scope='machine'
policy=''

tree()
{
	file f f
	file policy "measure func=FILE_CHECK\n"
	file policy-no-newline "measure func=FILE_CHECK"
	file policy-bad "measure func=FILE_CHECK\nnonsense\n"
}

ops='
as user
rule measure => EACCES
as root
rule /ima/policy-sessions/missing => ENOENT
rule /ima/policy-sessions/policy-no-newline => EINVAL
rule /ima/policy-sessions/policy-bad => EINVAL
rule /ima/policy-sessions => EINVAL
rule ima/policy-sessions/policy => EINVAL
policy nonsense => EINVAL
read f => ok
# a write is one rule for the kernel: what follows it is for the next write
rule "measure func=FILE_CHECK fowner=0 fsname=ext4\nnonsense" => ok ~11 EINVAL
policy measure func=FILE_CHECK fowner=0 fsname=ext4 => ok
read f => ok +1
'
