/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line each: is it a rule, and how does it print. Shared by the tests of
 * the parser and of the printer. The answers are those of Linux 6.12; what a
 * real kernel says is asked by test/guest/cases/policy-syntax.sh.
 */
#ifndef TEST_POLICY_RULES_H
#define TEST_POLICY_RULES_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "hash_alg.h"
#include "policy.h"

/* What an environment with a handful of algorithms and templates says. */

static inline bool fake_hash_available(unsigned alg)
{
	return alg == HASH_ALG_MD5 || alg == HASH_ALG_SHA1 ||
	       alg == HASH_ALG_SHA256 || alg == HASH_ALG_SHA384 ||
	       alg == HASH_ALG_SHA512 || alg == HASH_ALG_SHA224;
}

static inline const char *fake_template_name(const char *name, size_t len)
{
	static const char *const known[][2] = {
		{ "ima", "d|n" },
		{ "ima-ng", "d-ng|n-ng" },
		{ "ima-sig", "d-ng|n-ng|sig" },
		{ "ima-buf", "d-ng|n-ng|buf" },
		{ "n-ng|d-ng", "n-ng|d-ng" }, /* a custom one */
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		for (int j = 0; j < 2; j++) {
			if (strlen(known[i][j]) == len &&
			    memcmp(known[i][j], name, len) == 0)
				return known[i][0];
		}
	}
	return NULL;
}

static const struct policy_env fake_env = {
	.hash_available = fake_hash_available,
	.template_name = fake_template_name,
};

/*
 * An '@' stands in front of the byte that a refusal points at and is not part
 * of the rule; without one the rule is accepted. @expect is then its canonical
 * text (NULL: the rule itself; "": no rule at all), otherwise a part of the
 * message.
 */
struct rule_case {
	const char *text;
	const char *expect;
};

static const struct rule_case rule_cases[] = {
	/* actions */
	{ "measure", NULL },
	{ "dont_measure", NULL },
	{ "appraise", NULL },
	{ "dont_appraise", NULL },
	{ "audit", NULL },
	{ "dont_audit", NULL },
	{ "hash", NULL },
	{ "dont_hash", NULL },
	{ "memlock", NULL },
	{ "dont_memlock", NULL },
	{ "uid=0 measure func=FILE_CHECK", "measure func=FILE_CHECK uid=0" },
	{ "measure @appraise", "one action" },
	{ "measure @measure", "one action" },
	{ "measure uid=0 @dont_measure", "one action" },
	{ "@func=FILE_CHECK", "has no action" },
	{ "  @uid=0 func=FILE_CHECK", "has no action" },
	{ "@Measure", "write 'measure' in lower case" },
	{ "@MEASURE func=FILE_CHECK", "write 'measure' in lower case" },
	{ "@dont-measure", "not a word" },
	{ "@measured", "not a word" },
	{ "@measur", "not a word" },
	{ "@deny", "not a word" },
	{ "@measure=1", "'measure=1'" },

	/* blanks, comments, control characters */
	{ "", "" },
	{ " \t ", "" },
	{ "# measure", "" },
	{ " \t# a comment\twith \r and \x01", "" },
	{ "#", "" },
	{ "\t measure\t\tuid=0  ", "measure uid=0" },
	{ "measure # since 6.14", "measure" },
	{ "measure uid=0 #uid=1", "measure uid=0" },
	{ "measure fsname=a#b", NULL },
	{ "measure @measure#", "not a word" },
	{ "measure@\r", "Unix" },
	{ "measure uid=0@\r", "Unix" },
	{ "@\r", "Unix" },
	{ "measure\t@\v", "\\x0b" },
	{ "measure fsname=ext4@\r", "Unix" },
	{ "measure fsname=ext@\x7f", "\\x7f" },
	{ "measure label@\x1b[0m=x", "\\x1b" },
	{ "measure @\xc3\xa4", "'\\xc3\\xa4' is not a word" },
	{ "measure fsname=\xc3\xa4", NULL },
	{ "@\xef\xbb\xbfmeasure", "not a word" },

	/* keywords need their operator and a value */
	{ "measure @func", "'func=' needs a hook" },
	{ "measure @func=", "'func=' needs a hook" },
	{ "measure @uid=", "'uid=' needs a number from 0 to 4294967294" },
	{ "measure @uid>", "'uid>' needs a number from 0 to 4294967294" },
	{ "measure @uid<", "'uid<' needs a number" },
	{ "measure @fsname=", "needs a file system type" },
	{ "measure @func<FILE_CHECK", "takes '=', not '<'" },
	{ "measure @pcr>5", "takes '=', not '>'" },
	{ "measure func@\f=FILE_CHECK", "\\x0c" },
	{ "measure @func =FILE_CHECK", "'func=' needs" },
	{ "measure @FUNC=FILE_CHECK", "write 'func' in lower case" },
	{ "measure @path=/bin", "not a word" },
	{ "measure @=", "not a word" },
	{ "measure @=5", "not a word" },
	{ "measure @permit_directio=1", "takes no value" },

	/* func */
	{ "measure func=FILE_CHECK", NULL },
	{ "measure func=PATH_CHECK", "measure func=FILE_CHECK" },
	{ "measure func=MMAP_CHECK", NULL },
	{ "measure func=FILE_MMAP", "measure func=MMAP_CHECK" },
	{ "measure func=MMAP_CHECK_REQPROT", NULL },
	{ "measure func=BPRM_CHECK", NULL },
	{ "measure func=CREDS_CHECK", NULL },
	{ "measure func=MODULE_CHECK", NULL },
	{ "measure func=FIRMWARE_CHECK", NULL },
	{ "measure func=KEXEC_KERNEL_CHECK", NULL },
	{ "measure func=KEXEC_INITRAMFS_CHECK", NULL },
	{ "measure func=POLICY_CHECK", NULL },
	{ "measure func=KEXEC_CMDLINE", NULL },
	{ "measure func=KEY_CHECK", NULL },
	{ "measure func=CRITICAL_DATA", NULL },
	{ "measure @func=POST_SETATTR", "internal" },
	{ "measure @func=file_check", "no such hook" },
	{ "measure @func=FILE_CHECK|BPRM_CHECK", "no such hook" },
	{ "measure @func=FILE_CHECKX", "no such hook" },
	{ "measure @func=FILE", "no such hook" },
	{ "measure func=FILE_CHECK @func=BPRM_CHECK", "already has 'func'" },
	{ "measure func=FILE_CHECK @func=FILE_CHECK", "already has 'func'" },

	/* mask */
	{ "measure mask=MAY_EXEC", NULL },
	{ "measure mask=MAY_WRITE", NULL },
	{ "measure mask=MAY_READ", NULL },
	{ "measure mask=MAY_APPEND", NULL },
	{ "measure mask=^MAY_READ", NULL },
	{ "measure mask=^MAY_EXEC", NULL },
	{ "measure @mask=^", "needs MAY_EXEC" },
	{ "measure @mask=^^MAY_READ", "needs MAY_EXEC" },
	{ "measure @mask=MAY_READ|MAY_WRITE", "needs MAY_EXEC" },
	{ "measure @mask=MAY_ACCESS", "needs MAY_EXEC" },
	{ "measure @mask=may_read", "needs MAY_EXEC" },
	{ "measure @mask=4", "needs MAY_EXEC" },
	{ "measure mask=MAY_READ @mask=MAY_EXEC", "already has 'mask'" },
	{ "measure mask=MAY_READ @mask=^MAY_READ", "already has 'mask'" },

	/* fsmagic */
	{ "measure fsmagic=0x9fa0", NULL },
	{ "measure fsmagic=9FA0", "measure fsmagic=0x9fa0" },
	{ "measure fsmagic=0XEF53", "measure fsmagic=0xef53" },
	{ "measure fsmagic=+ef53", "measure fsmagic=0xef53" },
	{ "measure fsmagic=0", "measure fsmagic=0x0" },
	{ "measure fsmagic=ffffffffffffffff",
	  "measure fsmagic=0xffffffffffffffff" },
	{ "measure fsmagic=0 fsmagic=5", "measure fsmagic=0x5" },
	{ "measure fsmagic=5 @fsmagic=5", "stands twice" },
	{ "measure fsmagic=5 @fsmagic=0", "stands twice" },
	{ "measure @fsmagic=10000000000000000", "hexadecimal" },
	{ "measure @fsmagic=-1", "hexadecimal" },
	{ "measure @fsmagic=0x", "hexadecimal" },
	{ "measure @fsmagic=ext4", "hexadecimal" },
	{ "measure @fsmagic=12x", "hexadecimal" },
	{ "measure @fsmagic=++1", "hexadecimal" },

	/* fsuuid */
	{ "measure fsuuid=f67e8a08-2d83-4ac2-b06e-6d6d6a4c3c3e", NULL },
	{ "measure fsuuid=F67E8A08-2D83-4AC2-B06E-6D6D6A4C3C3E",
	  "measure fsuuid=f67e8a08-2d83-4ac2-b06e-6d6d6a4c3c3e" },
	{ "measure fsuuid=f67e8a08-2d83-4ac2-b06e-6d6d6a4c3c3e!more",
	  "measure fsuuid=f67e8a08-2d83-4ac2-b06e-6d6d6a4c3c3e" },
	{ "measure fsuuid=00000000-0000-0000-0000-000000000000", NULL },
	{ "measure fsuuid=00000000-0000-0000-0000-000000000000 "
	  "fsuuid=f67e8a08-2d83-4ac2-b06e-6d6d6a4c3c3e",
	  "measure fsuuid=f67e8a08-2d83-4ac2-b06e-6d6d6a4c3c3e" },
	{ "measure fsuuid=f67e8a08-2d83-4ac2-b06e-6d6d6a4c3c3e "
	  "@fsuuid=f67e8a08-2d83-4ac2-b06e-6d6d6a4c3c3e",
	  "stands twice" },
	{ "measure @fsuuid=f67e8a082d834ac2b06e6d6d6a4c3c3e", "UUID" },
	{ "measure @fsuuid=f67e8a08-2d83-4ac2-b06e-6d6d6a4c3c3", "UUID" },
	{ "measure @fsuuid=f67e8a08-2d83-4ac2-b06e-6d6d6a4c3c3g", "UUID" },
	{ "measure @fsuuid=f67e8a0-82d83-4ac2-b06e-6d6d6a4c3c3e", "UUID" },
	{ "measure @fsuuid=f67e8a08_2d83_4ac2_b06e_6d6d6a4c3c3e", "UUID" },

	/* fsname, fs_subtype */
	{ "measure fsname=ext4", NULL },
	{ "measure fsname=ext4 fsname=xfs", "measure fsname=xfs" },
	{ "dont_measure fsname=a=b", NULL },
	{ "measure fs_subtype=sshfs", NULL },
	{ "measure fs_subtype=a @fs_subtype=b", "already has 'fs_subtype'" },
	{ "measure fs_subtype=sshfs fsname=fuse",
	  "measure fsname=fuse fs_subtype=sshfs" },

	/* ids */
	{ "measure uid=0", NULL },
	{ "measure uid=00012", "measure uid=12" },
	{ "measure uid=+5", "measure uid=5" },
	{ "measure uid>1000", NULL },
	{ "measure uid<1000", NULL },
	{ "measure euid=0", NULL },
	{ "measure euid>1000", NULL },
	{ "measure euid<1000", NULL },
	{ "measure gid=5", NULL },
	{ "measure gid>5", NULL },
	{ "measure gid<5", NULL },
	{ "measure egid=5", NULL },
	{ "measure egid>5", NULL },
	{ "measure egid<5", NULL },
	{ "measure fowner=0", NULL },
	{ "measure fowner>5", NULL },
	{ "measure fowner<5", NULL },
	{ "measure fgroup=0", NULL },
	{ "measure fgroup>5", NULL },
	{ "measure fgroup<5", NULL },
	{ "measure uid=4294967294", NULL },
	{ "measure fowner=2147483648", NULL },
	{ "measure @uid=4294967295", "from 0 to 4294967294" },
	{ "measure @uid=4294967296", "from 0 to 4294967294" },
	{ "measure @uid=18446744073709551616", "from 0 to 4294967294" },
	{ "measure @uid=-1", "from 0 to 4294967294" },
	{ "measure @uid=0x0", "from 0 to 4294967294" },
	{ "measure @uid=1a", "from 0 to 4294967294" },
	{ "measure @uid=root", "from 0 to 4294967294" },
	{ "measure @uid=+", "from 0 to 4294967294" },
	{ "measure @uid<=5", "from 0 to 4294967294" },
	{ "measure @uid==5", "from 0 to 4294967294" },
	{ "measure @gid=4294967295", "from 0 to 4294967294" },
	{ "measure @fowner=-0", "from 0 to 4294967294" },
	{ "measure @fgroup>x", "from 0 to 4294967294" },
	{ "measure uid=0 @uid=1", "already has 'uid'" },
	{ "measure uid>1 @uid<5", "already has 'uid'" },
	{ "measure uid=0 @euid=0", "real and the effective" },
	{ "measure euid=0 @uid=0", "real and the effective" },
	{ "measure gid=0 @egid=0", "real and the effective" },
	{ "measure egid=0 @egid=0", "already has 'egid'" },
	{ "measure fowner=0 @fowner=0", "already has 'fowner'" },
	{ "measure fgroup=0 @fgroup=1", "already has 'fgroup'" },
	{ "measure uid=0 gid=0 fowner=0 fgroup=0", NULL },

	/* security module labels */
	{ "dont_measure obj_type=var_log_t", NULL },
	{ "measure subj_user=_ func=FILE_CHECK mask=MAY_READ",
	  "measure func=FILE_CHECK mask=MAY_READ subj_user=_" },
	{ "measure subj_type=f subj_role=e subj_user=d obj_type=c obj_role=b "
	  "obj_user=a",
	  "measure obj_user=a obj_role=b obj_type=c subj_user=d subj_role=e "
	  "subj_type=f" },
	{ "measure obj_user=a @obj_user=b", "already has 'obj_user'" },
	{ "measure obj_role=a @obj_role=b", "already has 'obj_role'" },
	{ "measure obj_type=a @obj_type=b", "already has 'obj_type'" },
	{ "measure subj_user=a @subj_user=b", "already has 'subj_user'" },
	{ "measure subj_role=a @subj_role=b", "already has 'subj_role'" },
	{ "measure subj_type=a @subj_type=b", "already has 'subj_type'" },
	{ "measure @obj_user=", "needs a label" },

	/* pcr */
	{ "measure pcr=10", NULL },
	{ "measure pcr=0", NULL },
	{ "measure pcr=63", NULL },
	{ "measure pcr=-0", "measure pcr=0" },
	{ "measure pcr=+5", "measure pcr=5" },
	{ "measure pcr=1 pcr=2", "measure pcr=2" },
	{ "measure @pcr=64", "from 0 to 63" },
	{ "measure @pcr=-1", "from 0 to 63" },
	{ "measure @pcr=-+1", "from 0 to 63" },
	{ "measure @pcr=0x1", "from 0 to 63" },
	{ "measure @pcr=ten", "from 0 to 63" },
	{ "appraise @pcr=10", "'pcr=' is for 'measure'" },
	{ "dont_measure @pcr=10", "'pcr=' is for 'measure'" },
	{ "audit @pcr=10", "'pcr=' is for 'measure'" },
	{ "@pcr=5", "has no action" },

	/* template */
	{ "measure template=ima-sig", NULL },
	{ "measure template=d-ng|n-ng|sig", "measure template=ima-sig" },
	{ "measure template=n-ng|d-ng", NULL },
	{ "measure func=KEY_CHECK template=ima-buf", NULL },
	{ "@template=ima-sig measure", "after the word 'measure'" },
	{ "appraise @template=ima-sig", "for 'measure' rules" },
	{ "dont_measure @template=ima-ng", "for 'measure' rules" },
	{ "measure @template=ima-foo", "no template" },
	{ "measure @template=ima-sigx", "no template" },
	{ "measure template=ima @template=ima", "already has 'template'" },

	/* digest_type, appraise_type */
	{ "appraise appraise_type=imasig", NULL },
	{ "appraise_type=imasig appraise", "appraise appraise_type=imasig" },
	{ "appraise appraise_type=imasig appraise_type=imasig",
	  "appraise appraise_type=imasig" },
	{ "appraise func=MODULE_CHECK appraise_type=imasig|modsig", NULL },
	{ "appraise func=KEXEC_KERNEL_CHECK appraise_type=imasig|modsig",
	  NULL },
	{ "appraise func=KEXEC_INITRAMFS_CHECK appraise_type=imasig|modsig",
	  NULL },
	{ "appraise func=MODULE_CHECK appraise_type=imasig "
	  "appraise_type=imasig|modsig",
	  "appraise func=MODULE_CHECK appraise_type=imasig|modsig" },
	{ "appraise @appraise_type=imasig|modsig", "needs func=MODULE_CHECK" },
	{ "appraise func=FILE_CHECK @appraise_type=imasig|modsig",
	  "needs func=MODULE_CHECK" },
	{ "appraise func=POLICY_CHECK @appraise_type=imasig|modsig",
	  "needs func=MODULE_CHECK" },
	{ "appraise digest_type=verity appraise_type=sigv3", NULL },
	{ "appraise_type=imasig @digest_type=verity appraise",
	  "must stand before" },
	{ "appraise @appraise_type=sigv3", "in front of it" },
	{ "appraise @appraise_type=sigv3 digest_type=verity",
	  "in front of it" },
	{ "appraise digest_type=verity @appraise_type=imasig",
	  "needs appraise_type=sigv3" },
	{ "appraise digest_type=verity @appraise_type=imasig|modsig",
	  "needs appraise_type=sigv3" },
	{ "appraise digest_type=verity appraise_type=sigv3 "
	  "@digest_type=verity",
	  "must stand before" },
	{ "appraise digest_type=verity digest_type=verity "
	  "appraise_type=sigv3",
	  "appraise digest_type=verity appraise_type=sigv3" },
	{ "appraise @digest_type=verity", "needs appraise_type=sigv3 after" },
	{ "appraise func=MODULE_CHECK @digest_type=verity "
	  "appraise_type=sigv3",
	  "not possible with func=MODULE_CHECK" },
	{ "measure func=KEXEC_KERNEL_CHECK @digest_type=verity",
	  "not possible with func=KEXEC_KERNEL_CHECK" },
	{ "measure digest_type=verity", NULL },
	{ "audit digest_type=verity", NULL },
	{ "dont_appraise digest_type=verity", NULL },
	{ "measure @digest_type=merkle", "the word verity" },
	{ "measure @digest_type=ima", "the word verity" },
	{ "measure @appraise_type=imasig", "for 'appraise' rules" },
	{ "dont_appraise @appraise_type=imasig", "for 'appraise' rules" },
	{ "hash @appraise_type=imasig", "for 'appraise' rules" },
	{ "measure digest_type=verity @appraise_type=sigv3",
	  "for 'appraise' rules" },
	{ "appraise @appraise_type=modsig", "needs imasig" },
	{ "appraise @appraise_type=imasig|", "needs imasig" },
	{ "appraise @appraise_type=IMASIG", "needs imasig" },
	{ "appraise @appraise_type=sigv2", "needs imasig" },

	/* imafs: a signature is optional */
	{ "appraise appraise_type=imasig_optional", NULL },
	{ "appraise func=BPRM_CHECK appraise_type=imasig_optional fowner=0",
	  "appraise func=BPRM_CHECK fowner=0 appraise_type=imasig_optional" },
	{ "appraise func=MODULE_CHECK appraise_type=imasig_optional", NULL },
	{ "appraise appraise_type=imasig_optional "
	  "@appraise_type=imasig",
	  "no other appraise_type" },
	{ "appraise appraise_type=imasig "
	  "@appraise_type=imasig_optional",
	  "no other appraise_type" },
	{ "appraise func=MODULE_CHECK appraise_type=imasig_optional "
	  "@appraise_type=imasig|modsig",
	  "no other appraise_type" },
	{ "appraise digest_type=verity @appraise_type=imasig_optional",
	  "needs appraise_type=sigv3" },
	{ "appraise appraise_type=imasig_optional @digest_type=verity",
	  "no other appraise_type" },
	{ "measure @appraise_type=imasig_optional", "for 'appraise' rules" },

	/* appraise_flag: since 6.6 any value, without effect */
	{ "appraise appraise_type=imasig appraise_flag=check_blacklist",
	  "appraise appraise_type=imasig" },
	{ "measure appraise_flag=check_blacklist", "measure" },
	{ "measure func=KEY_CHECK appraise_flag=x", "measure func=KEY_CHECK" },
	{ "appraise appraise_flag=whatever appraise_flag=twice", "appraise" },
	{ "appraise @appraise_flag=", "needs a name" },

	/* appraise_algos */
	{ "appraise appraise_algos=sha256", NULL },
	{ "appraise appraise_algos=sha512,sha256,sha224",
	  "appraise appraise_algos=sha256,sha512,sha224" },
	{ "appraise appraise_algos=sha256,sha256",
	  "appraise appraise_algos=sha256" },
	{ "appraise func=SETXATTR_CHECK appraise_algos=sha256,sha384", NULL },
	{ "appraise func=KEXEC_KERNEL_CHECK appraise_algos=sha256", NULL },
	{ "appraise @appraise_algos=sha257", "'sha257' is not a hash" },
	{ "appraise @appraise_algos=sha256,", "'' is not a hash" },
	{ "appraise @appraise_algos=,sha256", "'' is not a hash" },
	{ "appraise @appraise_algos=SHA256", "'SHA256' is not a hash" },
	{ "appraise @appraise_algos=sha256,wp512", "cannot compute wp512" },
	{ "appraise appraise_algos=sha256 @appraise_algos=sha256",
	  "already has 'appraise_algos'" },
	{ "measure @appraise_algos=sha256", "for 'appraise' rules" },
	{ "dont_appraise @appraise_algos=sha256", "for 'appraise' rules" },

	/* permit_directio */
	{ "appraise permit_directio", NULL },
	{ "measure permit_directio permit_directio",
	  "measure permit_directio" },
	{ "dont_measure permit_directio", NULL },
	{ "measure func=MODULE_CHECK permit_directio", NULL },

	/* KEXEC_CMDLINE */
	{ "measure func=KEXEC_CMDLINE fsmagic=1 uid=0 fowner=0 pcr=5 "
	  "fsname=ext4 fs_subtype=x gid=0 fgroup=0 "
	  "fsuuid=f67e8a08-2d83-4ac2-b06e-6d6d6a4c3c3e template=ima-buf",
	  "measure func=KEXEC_CMDLINE fsmagic=0x1 fsname=ext4 fs_subtype=x "
	  "pcr=5 fsuuid=f67e8a08-2d83-4ac2-b06e-6d6d6a4c3c3e uid=0 gid=0 "
	  "fowner=0 fgroup=0 template=ima-buf" },
	{ "dont_measure func=KEXEC_CMDLINE euid=0 egid=0", NULL },
	{ "measure func=KEXEC_CMDLINE obj_type=x", NULL },
	{ "measure func=KEXEC_CMDLINE @mask=MAY_READ",
	  "not possible with func=KEXEC_CMDLINE" },
	{ "measure func=KEXEC_CMDLINE @permit_directio",
	  "not possible with func=KEXEC_CMDLINE" },
	{ "measure func=KEXEC_CMDLINE @digest_type=verity",
	  "not possible with func=KEXEC_CMDLINE" },
	{ "@appraise func=KEXEC_CMDLINE", "only measure rules" },
	{ "@audit func=KEXEC_CMDLINE", "only measure rules" },
	{ "func=KEXEC_CMDLINE @hash", "only measure rules" },

	/* KEY_CHECK */
	{ "measure func=KEY_CHECK keyrings=.ima", NULL },
	{ "measure func=KEY_CHECK keyrings=.ima|.evm|key_import_test1", NULL },
	{ "measure keyrings=.ima func=KEY_CHECK",
	  "measure func=KEY_CHECK keyrings=.ima" },
	{ "dont_measure func=KEY_CHECK uid=0 gid=0", NULL },
	{ "measure func=KEY_CHECK uid>5 pcr=11", "measure func=KEY_CHECK "
						 "pcr=11 uid>5" },
	{ "measure func=KEY_CHECK @keyrings=|.ima", "empty" },
	{ "measure func=KEY_CHECK @keyrings=.ima|", "empty" },
	{ "measure func=KEY_CHECK @keyrings=.ima||.evm", "empty" },
	{ "measure func=KEY_CHECK @keyrings=|", "empty" },
	{ "measure func=KEY_CHECK @keyrings=", "names separated" },
	{ "measure func=KEY_CHECK keyrings=a @keyrings=b",
	  "already has 'keyrings'" },
	{ "measure func=KEY_CHECK @euid=0", "not possible" },
	{ "measure func=KEY_CHECK @egid=0", "not possible" },
	{ "measure func=KEY_CHECK @fowner=0", "not possible" },
	{ "measure func=KEY_CHECK @fgroup=0", "not possible" },
	{ "measure func=KEY_CHECK @mask=MAY_READ", "not possible" },
	{ "measure func=KEY_CHECK @fsmagic=1", "not possible" },
	{ "measure func=KEY_CHECK @fsname=ext4", "not possible" },
	{ "measure func=KEY_CHECK @subj_user=x", "not possible" },
	{ "measure func=KEY_CHECK @obj_type=x", "not possible" },
	{ "measure func=KEY_CHECK @label=x", "needs func=CRITICAL_DATA" },
	{ "measure func=KEY_CHECK @permit_directio", "not possible" },
	{ "@appraise func=KEY_CHECK", "only measure rules" },
	{ "@memlock func=KEY_CHECK", "only measure rules" },
	{ "measure @keyrings=.ima", "needs func=KEY_CHECK" },
	{ "measure func=FILE_CHECK @keyrings=.ima", "needs func=KEY_CHECK" },
	{ "measure func=MODULE_CHECK @keyrings=.ima", "needs func=KEY_CHECK" },

	/* CRITICAL_DATA */
	{ "measure func=CRITICAL_DATA label=selinux", NULL },
	{ "measure func=CRITICAL_DATA label=selinux|device-mapper", NULL },
	{ "measure func=CRITICAL_DATA uid=0 gid=0 pcr=11 template=ima-buf",
	  "measure func=CRITICAL_DATA pcr=11 uid=0 gid=0 template=ima-buf" },
	{ "dont_measure func=CRITICAL_DATA label=kernel_info", NULL },
	{ "measure func=CRITICAL_DATA @label=a||b", "empty" },
	{ "measure func=CRITICAL_DATA label=a @label=a", "already has" },
	{ "measure func=CRITICAL_DATA @keyrings=.ima", "needs func=KEY_CHECK" },
	{ "measure func=CRITICAL_DATA @fowner=0", "not possible" },
	{ "measure func=CRITICAL_DATA @subj_type=x", "not possible" },
	{ "@hash func=CRITICAL_DATA", "only measure rules" },
	{ "measure @label=selinux", "needs func=CRITICAL_DATA" },
	{ "@measure func=SETXATTR_CHECK label=x", "has only appraise" },

	/* SETXATTR_CHECK */
	{ "appraise @func=SETXATTR_CHECK", "needs 'appraise_algos='" },
	{ "@measure func=SETXATTR_CHECK", "only appraise rules" },
	{ "@dont_appraise func=SETXATTR_CHECK", "only appraise rules" },
	{ "appraise func=SETXATTR_CHECK appraise_algos=sha256 @fowner=0",
	  "not possible" },
	{ "appraise func=SETXATTR_CHECK @mask=MAY_WRITE "
	  "appraise_algos=sha256",
	  "not possible" },
	{ "appraise func=SETXATTR_CHECK appraise_algos=sha256 "
	  "@appraise_type=imasig",
	  "not possible" },
	{ "appraise func=SETXATTR_CHECK appraise_algos=sha256 "
	  "@permit_directio",
	  "not possible" },
	{ "appraise func=SETXATTR_CHECK appraise_algos=sha256 @subj_user=x",
	  "not possible" },

	/* all a file rule can have */
	{ "appraise func=FIRMWARE_CHECK mask=^MAY_READ fsmagic=0xef53 "
	  "fsname=ext4 fs_subtype=x "
	  "fsuuid=f67e8a08-2d83-4ac2-b06e-6d6d6a4c3c3e euid<1000 egid>5 "
	  "fowner=0 fgroup=0 appraise_algos=sha256 obj_type=bin_t "
	  "subj_role=r appraise_type=imasig permit_directio",
	  NULL },
	{ "measure func=CREDS_CHECK pcr=11 obj_user=u template=ima-sig "
	  "digest_type=verity permit_directio",
	  NULL },

	/* memlock: conditions as for measure, without pcr and options */
	{ "memlock func=FILE_CHECK mask=^MAY_READ fowner=0", NULL },
	{ "memlock func=BPRM_CHECK", NULL },
	{ "dont_memlock fsname=tmpfs uid>1000", NULL },
	{ "memlock func=MODULE_CHECK obj_type=x", NULL },
	{ "memlock @pcr=10", "for 'measure' rules" },
	{ "memlock @template=ima-ng", "for 'measure' rules" },
	{ "memlock @appraise_type=imasig", "for 'appraise' rules" },
	{ "memlock @permit_directio", "conditions only" },
	{ "dont_memlock @digest_type=verity", "conditions only" },
	{ "@memlock func=KEXEC_CMDLINE", "only measure rules" },
	{ "@dont_memlock func=CRITICAL_DATA", "only measure rules" },
	{ "@memlock func=SETXATTR_CHECK", "only appraise rules" },
};

#define N_RULE_CASES (sizeof(rule_cases) / sizeof(rule_cases[0]))

/* Copies a case's text without its '@'. Return: the '@''s column, 0: none. */
static inline unsigned rule_case_text(const struct rule_case *c, char *to,
				      size_t size)
{
	const char *at = strchr(c->text, '@');
	size_t len = strlen(c->text),
	       before = at ? (size_t)(at - c->text) : len;

	if (len >= size)
		return 0;
	memcpy(to, c->text, before);
	strcpy(to + before, at ? at + 1 : "");
	return at ? (unsigned)before + 1 : 0;
}

#endif
