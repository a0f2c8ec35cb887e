# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# digest_type=verity: the fs-verity digest is measured and signed, not the hash of
# the content.

features='verity'
later='fs-verity comes later'
policy='measure func=FILE_CHECK digest_type=verity template=ima-ngv2 fowner=1
measure func=FILE_CHECK digest_type=verity template=ima-sigv2 fowner=2
measure func=FILE_CHECK template=ima-ngv2 fowner=3
measure func=FILE_CHECK digest_type=verity template=ima-ng fowner=4
measure func=FILE_CHECK digest_type=verity fowner=5
appraise func=FILE_CHECK digest_type=verity appraise_type=sigv3 fowner=5
measure func=FILE_CHECK digest_type=verity fowner=6
appraise func=FILE_CHECK fowner=6
measure func=FILE_CHECK fowner=7
appraise func=FILE_CHECK appraise_type=imasig fowner=7'

tree()
{
	for owner in 1 2 3 4 5 6 7; do
		file verity$owner "verity$owner\n" 0644 $owner:0
		file plain$owner "plain$owner\n" 0644 $owner:0
	done
	digest plain6 sha256
	for owner in 5 7; do
		file sigv3-$owner "sigv3-$owner\n" 0644 $owner:0
		sign_verity sigv3-$owner
		file bad-$owner "bad-$owner\n" 0644 $owner:0
		label_again sigv3-$owner bad-$owner
		file sigv2-$owner "sigv2-$owner\n" 0644 $owner:0
		sign sigv2-$owner
		file unprotected-$owner "sigv3-$owner\n" 0644 $owner:0
		label_again sigv3-$owner unprotected-$owner
	done
	file hash6 "hash6\n" 0644 6:0
	digest hash6 sha256
}

early='
verity verity1
verity verity2
verity verity3
verity verity4
verity verity5
verity verity6
verity verity7
verity sigv3-5
verity bad-5
verity sigv2-5
verity sigv3-7
verity bad-7
verity sigv2-7
verity hash6
'

ops='
read verity1 => ok +1
read plain1 => ok
read verity2 => ok +1
read plain2 => ok
read verity3 => ok +1
read verity4 => ok +1
read plain4 => ok
read verity5 => EACCES +1
read plain5 => EACCES
read sigv3-5 => ok +1
read bad-5 => EACCES +1
read sigv2-5 => EACCES +1
read unprotected-5 => EACCES
read verity6 => EACCES +1
read plain6 => EACCES
read hash6 => EACCES +1
read sigv3-7 => EACCES +1
read sigv2-7 => ok +1
open - verity1 w => EPERM
'
