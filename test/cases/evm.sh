#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# evm_keys=: metadata that evmctl signed, all the ways in which they can differ,
# and which changes of them are allowed through the mount.
#
# shellcheck disable=SC2317 # called by name
. "$(dirname "$0")/lib/harness.sh"
. "$(dirname "$0")/lib/label.sh"

need_root
need_program evmctl setpriv setfacl debugfs
make_keys
ext4_at "$SRC" 64
UUID=$(dumpe2fs -h "$LOOP" 2>/dev/null | sed -n 's/^Filesystem UUID: *//p')

# VFS_CAP_REVISION_2, effective, permitted: CAP_NET_RAW (bit 13)
CAPABLE=0x0100000200200000000000000000000000000000

# evm KEY OPTIONS... FILE: security.evm, bound to the inode unless --portable
evm()
{
	local key=$KEYS/$1.pem

	shift
	evmctl sign --hashalgo sha256 --uuid="$UUID" --key "$key" "$@" \
		>"$T/evmctl.out" 2>&1 || fail "evmctl: $(cat "$T/evmctl.out")"
}

# bound FILE... / portable FILE...: a hash, and metadata signed with rsa
bound()
{
	local f

	for f; do
		evm rsa --imahash "$f"
	done
}

portable()
{
	local f

	for f; do
		evm rsa --portable --imahash "$f"
	done
}

evm_of()
{
	getfattr --absolute-names -n security.evm --only-values "$1" |
		od -An -v -tx1 | tr -d ' \n'
}

# A copy with all attributes, as an attacker makes it: cp(1) would leave
# security.evm out.
clone()
{
	cp -a --preserve=all "$1" "$2"
	setfattr -n security.evm -v "0x$(evm_of "$1")" "$2"
}

settle()
{
	sleep 0.05
}

for f in good good-imasig mode owner group label content capability unknown \
	garbage truncated hmac empty other-type none selinux; do
	program "$SRC/$f" "$f"
done
for f in mode owner group label content capability garbage truncated hmac \
	empty other-type selinux good; do
	portable "$SRC/$f"
done
evm other --portable --imahash "$SRC/unknown"
sign ec "$SRC/good-imasig"
evm rsa --portable "$SRC/good-imasig"
label "$SRC/none" "$(hash_label sha256 "$SRC/none")"

chmod 775 "$SRC/mode"
chown 1000 "$SRC/owner"
chown :1000 "$SRC/group"
label "$SRC/label" "$(hash_label sha512 "$SRC/label")"
echo '# more' >>"$SRC/content"
label "$SRC/content" "$(hash_label sha256 "$SRC/content")"
setfattr -n security.capability -v $CAPABLE "$SRC/capability"
setfattr -n security.selinux -v a:b:c "$SRC/selinux"
setfattr -n security.evm -v 0x05020422e02f3d0008aabbccddaabbccdd "$SRC/garbage"
value=$(evm_of "$SRC/truncated")
setfattr -n security.evm -v "0x${value%??}" "$SRC/truncated"
setfattr -n security.evm -v 0x02a25229f8accb4ddc1ccdbe50cdaef26f73db3258 \
	"$SRC/hmac"
setfattr -n security.evm -v '' "$SRC/empty"
setfattr -n security.evm -v "0x04${value#??}" "$SRC/other-type"

for f in bound bound-imasig moved capable; do
	program "$SRC/$f" "$f"
done
bound "$SRC/bound" "$SRC/moved"
sign rsa "$SRC/bound-imasig"
evm ec "$SRC/bound-imasig"
setfattr -n security.capability -v $CAPABLE "$SRC/capable"
bound "$SRC/capable"
clone "$SRC/bound" "$SRC/copied"
mv "$SRC/moved" "$SRC/elsewhere"
settle

options="keys=$KEYS/trusted,evm_keys=$KEYS/trusted"
signed='appraise func=BPRM_CHECK appraise_type=imasig'
plain='appraise func=BPRM_CHECK'

it 'without evm_keys IMA decides alone'
start_mount "keys=$KEYS/trusted"
expect_text 0 cat "$MNT/.ima/evm"
set_policy "$plain"
for f in good mode owner none hmac garbage; do
	expect_text "$f" "$MNT/$f"
done
expect_text bound "$MNT/copied"
set_policy "$signed"
expect_fail EACCES "$MNT/good"
denied_because IMA-signature-required "$MNT/good"
stop_mount

it 'keys of their own, under the same trust'
expect_status 1 "$IMAFS" mount -o \
	"evm_keys=$KEYS/ec.der,trust=$KEYS/rsa.crt,state=$STATE,tpm=none" \
	"$SRC" "$MNT"
case $OUT in
*'no certificate of evm_keys='*) ;;
*) fail "$OUT" ;;
esac
start_mount "evm_keys=$KEYS/rsa.der,evm_keys=$KEYS/ec.der"
expect_text 2 cat "$MNT/.ima/evm"
[ "$(wc -l <"$MNT/.ima/evm_keys")" -eq 2 ]
[ "$(wc -l <"$MNT/.ima/keys")" -eq 0 ]
set_policy "$signed"
expect_text good "$MNT/good"
stop_mount

it 'imafs verify says the same beforehand'
verify=("$IMAFS" verify --keys "$KEYS/trusted" --evm-keys "$KEYS/trusted")
expect_status 0 "${verify[@]}" -s "$SRC/good" "$SRC/good-imasig"
case $OUT in
*'/good: pass (hash, sha256, metadata portable)'*) ;;
*) fail "$OUT" ;;
esac
expect_status 0 "${verify[@]}" "$SRC/bound" "$SRC/elsewhere"
for f in mode owner group label content capability selinux unknown garbage \
	truncated; do
	expect_status 1 "${verify[@]}" "$SRC/$f"
	case $OUT in
	*": fail: invalid-fail-immutable ("*) ;;
	*) fail "$OUT" ;;
	esac
done
for f in hmac empty other-type copied; do
	expect_status 1 "${verify[@]}" "$SRC/$f"
	case $OUT in
	*": fail: invalid-HMAC ("*) ;;
	*) fail "$OUT" ;;
	esac
done
expect_status 1 "${verify[@]}" --json "$SRC/none"
case $OUT in
*'"cause": "missing-HMAC"'*'"evm": "no_label"'*) ;;
*) fail "$OUT" ;;
esac
expect_status 0 "$IMAFS" verify --keys "$KEYS/trusted" "$SRC/mode"

start_mount "$options"
for policy in "$signed" "$plain"; do
	set_policy "$policy"
	it "portable and right: runs [$policy]"
	expect_text good "$MNT/good"
	expect_text good-imasig "$MNT/good-imasig"
	for f in mode owner group label content capability selinux unknown \
		garbage truncated; do
		it "portable, but $f: denied [$policy]"
		expect_fail EACCES "$MNT/$f"
		denied_because invalid-fail-immutable "$MNT/$f"
	done
	for f in hmac empty other-type copied; do
		it "no signature that could be checked, $f: denied [$policy]"
		expect_fail EACCES "$MNT/$f"
		denied_because invalid-HMAC "$MNT/$f"
	done
	it "no security.evm: denied [$policy]"
	expect_fail EACCES "$MNT/none"
	denied_because missing-HMAC "$MNT/none"
done

it 'bound to the inode: a hash is enough for a hash rule, not for imasig'
expect_text bound "$MNT/bound"
expect_text bound-imasig "$MNT/bound-imasig"
set_policy "$signed"
expect_fail EACCES "$MNT/bound"
denied_because IMA-signature-required "$MNT/bound"
expect_text bound-imasig "$MNT/bound-imasig"
set_policy "$plain"

it 'bound to the inode: holds under another name, not in another inode'
expect_text moved "$MNT/elsewhere"
ln "$SRC/bound" "$SRC/linked"
expect_text bound "$MNT/linked"
rm "$SRC/linked"
expect_fail EACCES "$MNT/copied"

it 'bound to the file system: not with the UUID of another'
program "$SRC/uuid" uuid
evmctl sign --hashalgo sha256 --key "$KEYS/rsa.pem" --imahash \
	--uuid=8bcbe394-4f13-4144-be8e-5aa9ea2ce2f6 "$SRC/uuid" >/dev/null 2>&1
settle
expect_fail EACCES "$MNT/uuid"
denied_because invalid-HMAC "$MNT/uuid"

it 'a change below is noticed, and its end'
for _ in 1 2 3; do
	expect_text good "$MNT/good"
	chmod 700 "$SRC/good"
	expect_fail EACCES "$MNT/good"
	chmod 755 "$SRC/good"
	expect_text good "$MNT/good"
	setfattr -n security.capability -v $CAPABLE "$SRC/good"
	expect_fail EACCES "$MNT/good"
	setfattr -x security.capability "$SRC/good"
	settle
	expect_text good "$MNT/good"
	settle
done

it 'for reading it is the same'
set_policy 'appraise func=FILE_CHECK mask=MAY_READ'
expect_text "$(cat "$SRC/good")" cat "$MNT/good"
expect_fail EACCES cat "$MNT/mode"
denied_because invalid-fail-immutable "$MNT/mode"

it 'the log has the signature, and what it covers'
set_policy 'measure func=FILE_CHECK mask=MAY_READ template=evm-sig'
cat "$MNT/good" >/dev/null
log_has "evm-sig .*$MNT/good $(evm_of "$SRC/good") security.ima 22000000 "
set_policy "$signed"

# What may be done to a file, through the mount.

it 'portable and right: nothing that it covers can be changed'
value=$(label_of "$SRC/good")
for c in 'chmod 700' 'chmod 4755' 'chown 1000' 'chown :1000' \
	'setfattr -x security.ima' 'setfattr -x security.evm' \
	'setfattr -n security.ima -v 0x0404aa' \
	'setfattr -n security.evm -v 0x03020400000000000100' \
	"setfattr -n security.capability -v $CAPABLE" \
	'setfattr -n security.selinux -v a:b:c' \
	'setfacl -m u::rw' 'setfacl -m u:1000:w'; do
	# shellcheck disable=SC2086 # words
	expect_fail EPERM $c "$MNT/good"
	denied_because pass_immutable "$MNT/good"
done
[ "$(label_of "$SRC/good")" = "$value" ]
[ "$(stat -c %a:%u:%g "$SRC/good")" = 755:0:0 ]
expect_text good "$MNT/good"

it '... not even written'
set_policy 'appraise func=FILE_CHECK'
expect_fail EACCES tee -a "$MNT/good"
denied_because signed-file-is-immutable "$MNT/good"
set_policy "$signed"

it '... nor cut off by somebody who would take its setuid bit'
program "$SRC/setuid" setuid
chown 1000 "$SRC/setuid"
chmod 4755 "$SRC/setuid"
portable "$SRC/setuid"
settle
set_policy "$signed"
expect_fail EPERM as_user 1000 truncate -s 0 "$MNT/setuid"
expect_fail EPERM as_user 1000 sh -c ": >'$MNT/setuid'"
expect_text setuid "$MNT/setuid"

it '... but what it has can be set again, and the rest is free'
chmod 755 "$MNT/good"
chown 0:0 "$MNT/good"
setfattr -n security.ima -v "0x$value" "$MNT/good"
setfattr -n security.evm -v "0x$(evm_of "$SRC/good")" "$MNT/good"
setfattr -n user.x -v y "$MNT/good"
touch -d @1000000000 "$MNT/good"
setfacl -m u::rwx,g::rx,o::rx "$MNT/good"
setfacl -m u:1000:rwx,m::rx "$MNT/good" # the mask is the group's mode
expect_fail EPERM setfacl -m m::r "$MNT/good"
expect_fail EPERM setfattr -x system.posix_acl_access "$MNT/good"
mv "$MNT/good" "$MNT/better"
expect_text good "$MNT/better"
ln "$MNT/better" "$MNT/good"
rm "$MNT/better"
expect_text good "$MNT/good"

it 'portable and wrong: it can be put in order'
expect_fail EACCES "$MNT/mode"
chmod 755 "$MNT/mode"
settle
expect_text mode "$MNT/mode"
chown 0 "$MNT/owner"
setfattr -x security.capability "$MNT/capability"
settle
expect_text owner "$MNT/owner"
expect_text capability "$MNT/capability"

it 'no security.evm: what is needed for one can be set'
label "$MNT/none" "$(hash_label sha256 "$SRC/none")"
chmod 700 "$MNT/none"
chmod 755 "$MNT/none"
evm rsa --portable --imahash --generation=0 "$MNT/none"
settle
expect_text none "$MNT/none"
expect_fail EPERM chmod 700 "$MNT/none"

it 'bound: a change is allowed, and ends it'
set_policy "$plain"
expect_text bound "$MNT/bound"
chmod 700 "$MNT/bound"
settle
expect_fail EACCES "$MNT/bound"
denied_because invalid-HMAC "$MNT/" # the log may know it by its other name

it 'what fails and is not portable cannot be changed'
for f in bound hmac; do
	expect_fail EPERM chmod 755 "$MNT/$f"
	denied_because fail "$MNT/"
	expect_fail EPERM chown 1000 "$MNT/$f"
	expect_fail EPERM setfattr -x security.evm "$MNT/$f"
	expect_fail EPERM setfattr -x security.ima "$MNT/$f"
done
chmod 755 "$SRC/bound"
settle
expect_text bound "$MNT/bound"

it 'a new file gets its label and then needs a signature'
set_policy "$plain
appraise func=FILE_CHECK"
echo new >"$MNT/new"
expect_fail EACCES cat "$MNT/new"
denied_because missing-HMAC "$MNT/new"
evm rsa --portable --imahash "$SRC/new"
settle
expect_text new cat "$MNT/new"

it 'a policy that is read by its path may be signed so, too'
echo "$plain" >"$T/policy"
evmctl sign --portable --imahash --hashalgo sha256 --key "$KEYS/rsa.pem" \
	"$T/policy" >/dev/null 2>&1
settle
set_policy 'appraise func=POLICY_CHECK appraise_type=imasig'
echo "$T/policy" >"$MNT/.ima/policy"
grep -q "^$plain *$" "$MNT/.ima/policy" || fail "$(cat "$MNT/.ima/policy")"
set_policy 'appraise func=POLICY_CHECK appraise_type=imasig'
chmod 666 "$T/policy"
! echo "$T/policy" 2>/dev/null >"$MNT/.ima/policy" || fail 'it was taken'
denied_because invalid-fail-immutable "$T/policy"

it 'directories and links are nobody'"'"'s to sign'
mkdir "$MNT/d"
chmod 700 "$MNT/d"
chown 1000 "$MNT/d"
setfacl -m u:1000:r,d:u:1000:r "$MNT/d"
ln -s x "$MNT/l"
chown -h 1000 "$MNT/l"

it 'in log mode it is only said, and EVM still protects'
stop_mount
start_mount "$options,appraise=log"
set_policy "$signed"
expect_text group "$MNT/group"
grep -q 'cause=invalid-fail-immutable.*name=.*/group.* res=1' \
	"$MNT/.ima/denials" || fail "$(tail -n 1 "$MNT/.ima/denials")"
expect_fail EPERM chmod 700 "$MNT/good"
stop_mount

finish
