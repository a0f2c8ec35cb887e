#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A signed init loads another policy, as the policy allows.
. "$(dirname "$0")/../cases/lib/harness.sh"
. "$(dirname "$0")/lib.sh"
need_root
need_guest
make_chain
base_root

echo 'measure func=BPRM_CHECK' >"$T/base/ima/tree/etc/relaxed-policy"
cp "$T/base/ima/tree/etc/relaxed-policy" "$T/base/ima/tree/etc/unsigned-policy"
sign signer "$T/base/ima/tree/etc/relaxed-policy"

it 'the signed init relaxes with a signed policy, and with nothing else'
fresh_root
signed_init <<'END'
p=/ima/.ima/policy
(echo 'measure func=BPRM_CHECK' >$p) 2>&1 || echo 'guest: no rules'
(echo /ima/etc/unsigned-policy >$p) 2>&1 || echo 'guest: not this file'
cat /ima/etc/unsigned-policy || echo 'guest: still strict'
echo /ima/etc/relaxed-policy >$p && echo 'guest: relaxed'
cat /ima/etc/unsigned-policy && echo 'guest: unsigned file was read'
show $p
END
boot
console_has 'Permission denied' 'guest: no rules' \
	'Permission denied' 'guest: not this file' 'guest: still strict' \
	'guest: relaxed' 'guest: unsigned file was read' \
	'measure func=BPRM_CHECK'
ended off

it 'and not even so with policy_once'
fresh_root
signed_init <<'END'
(echo /ima/etc/relaxed-policy >/ima/.ima/policy) 2>&1
cat /ima/etc/unsigned-policy || echo 'guest: still strict'
END
boot -a imafs.options=policy_once
console_has 'Operation not permitted' 'guest: still strict'
ended off

finish
