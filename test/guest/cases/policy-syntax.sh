# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# What the kernel takes for a rule. Every line is a session of its own that ends
# with a line that is refused, so none of them ever takes effect.

scope='machine'
policy=''

tree()
{
	file f f
}

ops='
# actions
rule measure => ok
rule dont_measure => ok
rule appraise => ok
rule dont_appraise => ok
rule audit => ok
rule hash => ok
rule dont_hash => ok
rule dont_audit => EINVAL ~28 ok
rule Measure => EINVAL
rule measured => EINVAL
rule measure appraise => EINVAL
rule measure measure => EINVAL
rule measure dont_measure => EINVAL
rule func=FILE_CHECK => EINVAL
# form of a line
rule "  measure func=FILE_CHECK" => ok
rule "\tmeasure\tfunc=FILE_CHECK\t" => ok
rule "measure   func=FILE_CHECK  " => ok
rule "# a comment" => ok
rule "  # a comment" => ok
rule "measure # a comment" => EINVAL ~28 ok
rule "measure func=FILE_CHECK #" => EINVAL ~28 ok
rule "\n" => ok ~11 ok
rule "   " => ok
rule "measure\r" => EINVAL
rule "measure\vfunc=FILE_CHECK" => EINVAL
rule "measure;" => EINVAL
rule "measure,appraise" => EINVAL
rule func=FILE_CHECK measure => ok
rule uid=0 measure func=FILE_CHECK => ok
rule measure nonsense => EINVAL
rule measure nonsense=1 => EINVAL
rule measure = => EINVAL
rule measure uid => EINVAL
# functions
rule measure func=FILE_CHECK => ok
rule measure func=PATH_CHECK => ok
rule measure func=FILE_MMAP => ok
rule measure func=MMAP_CHECK => ok
rule measure func=MMAP_CHECK_REQPROT => ok
rule measure func=BPRM_CHECK => ok
rule measure func=CREDS_CHECK => ok
rule measure func=MODULE_CHECK => ok
rule measure func=FIRMWARE_CHECK => ok
rule measure func=KEXEC_KERNEL_CHECK => ok
rule measure func=KEXEC_INITRAMFS_CHECK => ok
rule measure func=POLICY_CHECK => ok
rule measure func=KEXEC_CMDLINE => ok
rule measure func=KEY_CHECK => ok
rule measure func=CRITICAL_DATA => ok
rule measure func=SETXATTR_CHECK => EINVAL
rule measure func=POST_SETATTR => EINVAL
rule measure func=NONE => EINVAL
rule measure func=file_check => EINVAL
rule measure func= => EINVAL
rule measure func => EINVAL
rule measure func=FILE_CHECK func=BPRM_CHECK => EINVAL
rule measure func=FILE_CHECK|BPRM_CHECK => EINVAL
rule measure func=FILE_CHECK,BPRM_CHECK => EINVAL
rule appraise func=FILE_CHECK => ok
rule appraise func=MMAP_CHECK => ok
rule appraise func=BPRM_CHECK => ok
rule appraise func=CREDS_CHECK => ok
rule appraise func=MODULE_CHECK => ok
rule appraise func=FIRMWARE_CHECK => ok
rule appraise func=KEXEC_KERNEL_CHECK => ok
rule appraise func=POLICY_CHECK => ok
rule appraise func=KEXEC_CMDLINE => EINVAL
rule appraise func=KEY_CHECK => EINVAL
rule appraise func=CRITICAL_DATA => EINVAL
rule audit func=KEY_CHECK => EINVAL
rule hash func=CRITICAL_DATA => EINVAL
rule dont_measure func=KEY_CHECK => ok
rule dont_measure func=CRITICAL_DATA => ok
rule dont_appraise func=KEXEC_CMDLINE => EINVAL
rule hash func=FILE_CHECK => ok
rule audit func=MMAP_CHECK => ok
# masks
rule measure mask=MAY_READ => ok
rule measure mask=MAY_WRITE => ok
rule measure mask=MAY_APPEND => ok
rule measure mask=MAY_EXEC => ok
rule measure mask=^MAY_READ => ok
rule measure mask=^MAY_EXEC => ok
rule measure mask=^^MAY_READ => EINVAL
rule measure mask=!MAY_READ => EINVAL
rule measure mask=MAY_READ|MAY_WRITE => EINVAL
rule measure mask=MAY_READ,MAY_WRITE => EINVAL
rule measure mask=READ => EINVAL
rule measure mask=may_read => EINVAL
rule measure mask=^ => EINVAL
rule measure mask= => EINVAL
rule measure mask=4 => EINVAL
rule measure mask=MAY_READ mask=MAY_READ => EINVAL
rule measure func=KEXEC_CMDLINE mask=MAY_READ => EINVAL
# file systems
rule measure fsmagic=0xEF53 => ok
rule measure fsmagic=ef53 => ok
rule measure fsmagic=EF53 => ok
rule measure fsmagic=0xffffffffffffffff => ok
rule measure fsmagic=0x1ffffffffffffffff => ERANGE
rule measure fsmagic=xyz => EINVAL
rule measure fsmagic=0x => EINVAL
rule measure fsmagic=-1 => EINVAL
rule measure fsmagic=+ef53 => ok
rule measure fsmagic= => EINVAL
rule measure fsmagic=0xef53 fsmagic=0xef53 => EINVAL
rule measure fsmagic=0 fsmagic=0xef53 => ok
rule measure fsname=ext4 => ok
rule measure fsname=no_such_fs => ok
rule measure fsname= => EINVAL
rule measure fsname=ext4 fsname=xfs => ok
rule measure fs_subtype=sshfs => EINVAL ~28 ok
rule measure fsuuid=8bcbe394-4f13-4144-be8e-5aa9ea2ce2f6 => ok
rule measure fsuuid=8BCBE394-4F13-4144-BE8E-5AA9EA2CE2F6 => ok
rule measure fsuuid=8bcbe3944f134144be8e5aa9ea2ce2f6 => EINVAL
rule measure fsuuid=8bcbe394-4f13-4144-be8e-5aa9ea2ce2f => EINVAL
rule measure fsuuid=8bcbe394-4f13-4144-be8e-5aa9ea2ce2f6xyz => ok
rule measure fsuuid=8bcbe394-4f13-4144-be8e-5aa9ea2ce2fg => EINVAL
rule measure fsuuid=00000000-0000-0000-0000-000000000000 => ok
rule measure fsuuid= => EINVAL
rule measure fsuuid=8bcbe394-4f13-4144-be8e-5aa9ea2ce2f6 fsuuid=8bcbe394-4f13-4144-be8e-5aa9ea2ce2f6 => EINVAL
rule measure fsuuid=00000000-0000-0000-0000-000000000000 fsuuid=8bcbe394-4f13-4144-be8e-5aa9ea2ce2f6 => ok
# ids
rule measure uid=0 => ok
rule measure uid=1000 => ok
rule measure uid=4294967294 => ok
rule measure uid=4294967295 => EINVAL
rule measure uid=4294967296 => EINVAL
rule measure uid=18446744073709551615 => EINVAL
rule measure uid=18446744073709551616 => ERANGE
rule measure uid=-1 => EINVAL
rule measure uid=+1 => ok
rule measure uid=0x10 => EINVAL
rule measure uid=010 => ok
rule measure uid=root => EINVAL
rule measure uid= => EINVAL
rule measure uid=" 1" => EINVAL
rule measure uid=1a => EINVAL
rule measure uid>1000 => ok
rule measure uid<1000 => ok
rule measure uid>=1000 => EINVAL
rule measure uid<=1000 => EINVAL
rule measure uid!=1000 => EINVAL
rule measure uid==1000 => EINVAL
rule measure uid> => EINVAL
rule measure uid>4294967295 => EINVAL
rule measure uid=1 uid=1 => EINVAL
rule measure uid=1 euid=1 => EINVAL
rule measure euid=1 uid=2 => EINVAL
rule measure euid=1 euid=1 => EINVAL
rule measure euid>5 => ok
rule measure gid=5 => ok
rule measure gid<5 => ok
rule measure gid=5 egid=5 => EINVAL
rule measure egid=5 egid=6 => EINVAL
rule measure gid=4294967295 => EINVAL
rule measure egid>-1 => EINVAL
rule measure fowner=0 => ok
rule measure fowner>1 => ok
rule measure fowner<1 => ok
rule measure fowner=0 fowner=0 => EINVAL
rule measure fowner=4294967295 => EINVAL
rule measure fgroup=0 => ok
rule measure fgroup>1 => ok
rule measure fgroup=0 fgroup=1 => EINVAL
rule measure uid=1 gid=1 fowner=1 fgroup=1 => ok
rule measure euid=1 egid=1 fowner>1 fgroup<1 => ok
rule measure fowner=root => EINVAL
# labels of security modules
rule measure subj_user=system_u => EINVAL
rule measure obj_type=bin_t => EINVAL
rule measure obj_user= => EINVAL
rule measure subj_role=a subj_role=b => EINVAL
# appraise options
rule appraise appraise_type=imasig => ok
rule appraise appraise_type=imasig|modsig => EINVAL
rule appraise appraise_type=modsig => EINVAL
rule appraise appraise_type=sigv3 => EINVAL
rule appraise appraise_type=imasig_optional => EINVAL ~34 ok
rule appraise appraise_type=IMASIG => EINVAL
rule appraise appraise_type=meta_immutable => EINVAL
rule appraise appraise_type= => EINVAL
rule appraise appraise_type=imasig appraise_type=imasig => ok
rule appraise func=MODULE_CHECK appraise_type=imasig|modsig => EINVAL
rule measure appraise_type=imasig => EINVAL
rule dont_appraise appraise_type=imasig => EINVAL
rule audit appraise_type=imasig => EINVAL
rule hash appraise_type=imasig => EINVAL
rule appraise appraise_flag=check_blacklist => ok
rule appraise appraise_flag=check_blacklist appraise_type=imasig => ok
rule appraise appraise_flag=nonsense => ok
rule appraise appraise_flag= => EINVAL
rule measure appraise_flag=check_blacklist => ok
rule appraise permit_directio => ok
rule appraise permit_directio permit_directio => ok
rule measure permit_directio => ok
rule dont_measure permit_directio => ok
rule appraise func=FILE_CHECK permit_directio appraise_type=imasig => ok
rule appraise permit_directio=1 => EINVAL
rule measure func=KEXEC_CMDLINE permit_directio => EINVAL
# algorithms
rule appraise appraise_algos=sha256 => ok
rule appraise appraise_algos=sha256,sha512 => ok
rule appraise appraise_algos=sha256,sha256 => ok
rule appraise appraise_algos=sha256, => EINVAL
rule appraise appraise_algos=,sha256 => EINVAL
rule appraise appraise_algos=sha256|sha512 => EINVAL
rule appraise appraise_algos=SHA256 => EINVAL
rule appraise appraise_algos=sha1,md5,sha384,sha3-256 => ok
rule appraise appraise_algos=sha2 => EINVAL
rule appraise appraise_algos=tgr192 => EINVAL
rule appraise appraise_algos= => EINVAL
rule appraise appraise_algos=sha256 appraise_algos=sha512 => EINVAL
rule measure appraise_algos=sha256 => EINVAL
rule dont_appraise appraise_algos=sha256 => EINVAL
rule appraise func=SETXATTR_CHECK appraise_algos=sha256 => ok
rule appraise func=SETXATTR_CHECK => EINVAL
rule appraise func=SETXATTR_CHECK appraise_algos=sha256 uid=0 => EINVAL
rule appraise func=SETXATTR_CHECK appraise_algos=sha256 appraise_type=imasig => EINVAL
rule appraise func=SETXATTR_CHECK appraise_algos=sha256 fowner=0 => EINVAL
rule appraise func=SETXATTR_CHECK appraise_algos=sha256 permit_directio => EINVAL
rule dont_appraise func=SETXATTR_CHECK appraise_algos=sha256 => EINVAL
rule appraise func=KEXEC_KERNEL_CHECK appraise_algos=sha256 => ok
# verity
rule measure digest_type=verity => ok ~29 EINVAL
rule measure digest_type=ima => EINVAL
rule measure digest_type= => EINVAL
rule measure digest_type=VERITY => EINVAL
rule measure digest_type=verity digest_type=verity => ok ~29 EINVAL
rule appraise digest_type=verity => EINVAL
rule appraise digest_type=verity appraise_type=sigv3 => ok ~29 EINVAL
rule appraise appraise_type=sigv3 digest_type=verity => EINVAL
rule appraise digest_type=verity appraise_type=imasig => EINVAL
rule appraise appraise_type=imasig digest_type=verity => EINVAL
rule measure func=FILE_CHECK digest_type=verity template=ima-ngv2 => ok ~29 EINVAL
rule measure func=MODULE_CHECK digest_type=verity => EINVAL
rule appraise func=KEXEC_KERNEL_CHECK digest_type=verity appraise_type=sigv3 => EINVAL
rule audit digest_type=verity => ok ~29 EINVAL
rule hash digest_type=verity => ok ~29 EINVAL
rule dont_measure digest_type=verity => ok ~29 EINVAL
rule measure func=KEY_CHECK digest_type=verity => EINVAL
# pcr and template
rule measure pcr=10 => ok
rule measure pcr=0 => ok
rule measure pcr=23 => ok
rule measure pcr=24 => ok
rule measure pcr=63 => ok
rule measure pcr=64 => EINVAL
rule measure pcr=-1 => EINVAL
rule measure pcr=0xa => EINVAL
rule measure pcr=010 => ok
rule measure pcr= => EINVAL
rule measure pcr=ten => EINVAL
rule measure pcr=10 pcr=11 => ok
rule appraise pcr=10 => EINVAL
rule dont_measure pcr=10 => EINVAL
rule audit pcr=10 => EINVAL
rule hash pcr=10 => EINVAL
rule measure template=ima => ok
rule measure template=ima-ng => ok
rule measure template=ima-sig => ok
rule measure template=ima-ngv2 => ok
rule measure template=ima-sigv2 => ok
rule measure template=ima-buf => ok
rule measure template=ima-modsig => ok
rule measure template=evm-sig => ok
rule measure template=d-ng|n-ng => ok
rule measure template=d-ng|n-ng|sig => ok
rule measure template=n-ng|d-ng => EINVAL
rule measure template=d => EINVAL
rule measure template=nonsense => EINVAL
rule measure template= => EINVAL
rule measure template=ima-ng template=ima-sig => EINVAL
rule template=ima-ng measure => EINVAL
rule appraise template=ima-ng => EINVAL
rule dont_measure template=ima-ng => EINVAL
rule audit template=ima-ng => EINVAL
rule measure template=IMA-NG => EINVAL
# keys and critical data
rule measure func=KEY_CHECK keyrings=.ima => ok
rule measure func=KEY_CHECK keyrings=.ima|.evm => ok
rule measure func=KEY_CHECK keyrings= => EINVAL
rule measure func=KEY_CHECK keyrings=.ima| => EINVAL
rule measure func=KEY_CHECK keyrings=|.ima => EINVAL
rule measure func=KEY_CHECK keyrings=.ima||.evm => EINVAL
rule measure func=KEY_CHECK keyrings=.ima keyrings=.evm => EINVAL
rule measure func=KEY_CHECK uid=0 => ok
rule measure func=KEY_CHECK gid=0 => ok
rule measure func=KEY_CHECK euid=0 => EINVAL
rule measure func=KEY_CHECK fowner=0 => EINVAL
rule measure func=KEY_CHECK fsname=ext4 => EINVAL
rule measure func=KEY_CHECK mask=MAY_READ => EINVAL
rule measure func=KEY_CHECK pcr=11 template=ima-buf => ok
rule measure func=KEY_CHECK subj_user=x => EINVAL
rule measure keyrings=.ima => EINVAL
rule measure func=FILE_CHECK keyrings=.ima => EINVAL
rule appraise func=KEY_CHECK keyrings=.ima => EINVAL
rule measure func=CRITICAL_DATA label=selinux => ok
rule measure func=CRITICAL_DATA label=selinux|kernel_info => ok
rule measure func=CRITICAL_DATA label= => EINVAL
rule measure func=CRITICAL_DATA label=a| => EINVAL
rule measure func=CRITICAL_DATA label=a label=b => EINVAL
rule measure func=CRITICAL_DATA uid=0 => ok
rule measure func=CRITICAL_DATA keyrings=.ima => EINVAL
rule measure func=KEY_CHECK label=selinux => EINVAL
rule measure label=selinux => EINVAL
rule measure func=KEXEC_CMDLINE => ok
rule measure func=KEXEC_CMDLINE uid=0 fsname=ext4 pcr=11 => ok
rule measure func=KEXEC_CMDLINE template=ima-buf => ok
rule measure func=KEXEC_CMDLINE gid=0 egid=0 => EINVAL
rule measure func=KEXEC_CMDLINE fgroup=0 => ok
# whole rules of real policies
rule measure func=FILE_CHECK mask=^MAY_READ euid=0 => ok
rule measure func=MMAP_CHECK mask=MAY_EXEC => ok
rule dont_measure fsmagic=0x9fa0 => ok
rule appraise fowner=0 appraise_type=imasig => ok
rule appraise func=BPRM_CHECK fowner=0 appraise_type=imasig appraise_algos=sha256,sha384 => ok
rule measure func=FILE_CHECK mask=MAY_READ uid>1000 fowner<1000 fgroup=5 fsname=ext4 pcr=12 template=ima-sigv2 => ok
'
