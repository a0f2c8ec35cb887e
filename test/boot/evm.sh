#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Keys for EVM on a machine that boots with init=/ima/init: which are admitted,
# and what they change.
. "$(dirname "$0")/../cases/lib/harness.sh"
. "$(dirname "$0")/lib.sh"
need_root
need_guest
need_program evmctl
make_chain
issue metadata
base_root

it 'a key for EVM that is trusted is in force, and the others are named'
fresh_root
mkdir "$ROOT/etc/keys/evm"
cp "$KEYS/metadata.der" "$KEYS/stranger.der" "$ROOT/etc/keys/evm/"
echo plain >"$ROOT/ima/tree/etc/without"
sign signer "$ROOT/ima/tree/etc/without"
signed_init <<'END'
echo 'guest: the signed init runs'
echo 'guest: keys for EVM'; show /ima/.ima/evm_keys
echo 'guest: other keys'; show /ima/.ima/keys
echo 'guest: a file without'; (show /ima/etc/without) 2>&1
END
sign_metadata "$ROOT/ima/tree/bin/busybox" "$ROOT/ima/tree/init"
boot
console_has \
	'/etc/keys/evm/stranger.der: its issuer is not in the trust set' \
	'guest: the signed init runs' 'guest: keys for EVM' \
	"$(key_id metadata)" 'guest: other keys' "$(key_id signer)" \
	'guest: a file without' 'Permission denied'
[ "$(grep -c "$(key_id signer)" "$CONSOLE.text")" -eq 1 ] ||
	fail 'a key for files counts for metadata'
ended off

it 'an init whose metadata nobody signed is refused'
fresh_root
cp "$KEYS/metadata.der" "$ROOT/etc/keys/x509_evm.der"
sign_metadata "$ROOT/ima/tree/bin/busybox"
cp -a "$ROOT" "$T/unsigned-metadata"
boot
stopped 'stopped: /ima/init was refused' 'cause=missing-HMAC' \
	'sign its metadata with a key of evm_keys='

it 'but runs if metadata are not to be checked'
ROOT=$T/unsigned-metadata
boot -a imafs.evm_keys=none
console_has 'guest: the signed init runs'
ended off

it 'a key for EVM that nobody signed stops the boot'
fresh_root
cp "$KEYS/stranger.der" "$ROOT/etc/keys/x509_evm.der"
sign_metadata "$ROOT/ima/tree/bin/busybox" "$ROOT/ima/tree/init"
boot
stopped 'x509_evm.der: its issuer is not in the trust set (/CN=stranger' \
	'no certificate of evm_keys=/etc/keys/x509_evm.der was admitted'

finish
