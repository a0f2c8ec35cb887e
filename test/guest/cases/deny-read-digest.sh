# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# Every kind of digest label, for reading, when any good label will do.
. "$here/labels.sh"

policy='measure func=FILE_CHECK
appraise func=FILE_CHECK'

tree()
{
	make_labels label_file
}

ops='
read none => EACCES +1
read sha1-old => ok +1
read md5-old => ok +1
read md5-old-padded => ok +1
read md5 => ok +1
read sha1 => ok +1
read sha224 => ok +1
read sha256 => ok +1
read sha384 => ok +1
read sha512 => ok +1
read sha3-256 => ok +1
read sha3-384 => ok +1
read sha3-512 => ok +1
read rmd160 => ok +1
read tgr192 => EACCES
read wrong => EACCES +1
read tampered => EACCES +1
read relabelled => EACCES +1
read short => EACCES +1
read long => ok +1
read algo-only => EACCES +1
read bad-algo => ok +1
read type-00 => EACCES +1
read type-02 => EACCES +1
read type-05 => EACCES +1
read type-06 => EACCES +1
read type-07 => EACCES +1
read type-ff => EACCES +1
read empty => EACCES +1
read one-byte-03 => EACCES +1
read one-byte-04 => EACCES +1
# What passed stays passed, for another user as well; what failed fails again.
as user
read sha256 => ok
read none => EACCES
read wrong => EACCES
'
