#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# An imafs that has its trust set compiled in (-Dtrusted_keys=FILE) boots with
# the keys that this set signed, and with no others.
. "$(dirname "$0")/../cases/lib/harness.sh"
. "$(dirname "$0")/lib.sh"
need_root
need_guest
need_program meson ninja

# Kept with its CA in the build directory, because it is made from the source.
trusting=$TEST_BUILD/test/boot/trusting
if [ ! -s "$trusting/keys/ca.crt" ]; then
	KEYS=$trusting/keys make_chain
fi
cp -r "$trusting/keys/." "$KEYS/"
{
	[ -f "$trusting/build/build.ninja" ] || meson setup "$trusting/build" \
		"$TEST_SOURCE" -Dtrusted_keys="$trusting/keys/ca.crt" \
		-Dtests=false -Dman=disabled -Dbuildtype=debug
	ninja -j 2 -C "$trusting/build" cli/imafs
} >"$T/build.log" 2>&1 || fail "no build: $(tail -n 20 "$T/build.log")"
IMAFS=$trusting/build/cli/imafs
base_root
sed -i '/^trust/d' "$T/base/etc/imafs/init.conf"
rm "$T/base/etc/imafs/trusted.pem"

it 'a key that the compiled-in set signed is admitted, and no other one'
fresh_root
cp "$KEYS/stranger.der" "$ROOT/etc/keys/ima/"
boot
console_has 'stranger.der: its issuer is not in the trust set (/CN=stranger' \
	'guest: the signed init runs'
ended off

it 'without one that it signed the boot is stopped'
fresh_root
cp "$KEYS/stranger.der" "$ROOT/etc/keys/x509_ima.der"
sign stranger "$ROOT/ima/tree/init" "$ROOT/ima/tree/bin/busybox"
boot
stopped 'x509_ima.der: its issuer is not in the trust set (/CN=stranger' \
	'no certificate of keys='

finish
