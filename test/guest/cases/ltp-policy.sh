# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# After ima_policy of the Linux Test Project: a policy with a wrong line is not
# loaded, and the one that was there stays; only one writer at a time.

scope='machine'
policy=''

tree()
{
	file f f
}

ops='
policy "this is not a valid policy rule" => EINVAL
read f => ok
policyopen p => ok
policyopen q => EBUSY
policywrite p "measure func=FILE_CHECK fsname=ext4 fowner=0\n" => ok
policywrite p "dontmeasure func=FILE_CHECK\n" => EINVAL
policyclose p => ok ~11 EINVAL
read f => ok
policyopen p => ok
policywrite p "measure func=FILE_CHECK fsname=ext4 fowner=0\n" => ok
read f => ok
policyclose p => ok
read f => ok +1
'
