# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# After ima_keys of the Linux Test Project: certificates that are added to the
# keyrings of the rule are measured, as they were given.

scope='alone'
later='imafs sees no keyrings'
policy='measure func=KEY_CHECK keyrings=key_import_test1|key_import_test2
measure func=KEY_CHECK keyrings=key_import_test3 template=ima-ng pcr=11'

tree()
{
	cp "$keys/loaded/rsa.der" rsa.der
	cp "$keys/loaded/ec.der" ec.der
	file bad.der nonsense
}

ops='
addkey rsa.der key_import_test1 => ok +1
addkey rsa.der key_import_test1 => ok
addkey rsa.der key_import_test2 => ok +1
addkey ec.der key_import_test3 => ok +1
addkey ec.der key_import_test4 => ok
addkey bad.der key_import_test1 => EBADMSG
'
