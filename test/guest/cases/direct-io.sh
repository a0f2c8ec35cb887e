# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154,SC1091
# O_DIRECT: nothing can be hashed through it. Measured as zeros, denied unless
# permit_directio.

policy='measure func=FILE_CHECK mask=^MAY_READ
appraise func=FILE_CHECK permit_directio fowner=1
appraise func=FILE_CHECK fowner=2
appraise func=FILE_CHECK appraise_type=imasig permit_directio fowner=3'

tree()
{
	file plain plain
	for owner in 1 2 3; do
		file good$owner "good$owner" 0644 $owner:0
		file none$owner "none$owner" 0644 $owner:0
		file bad$owner "bad$owner" 0644 $owner:0
		raw bad$owner "0404$(hex_digest sha256 plain)"
	done
	digest good1 sha256
	digest good2 sha256
	sign good3
	file seen seen 0644 1:0
	digest seen sha256
}

ops='
open - plain r,direct => ok +1
open - plain r => ok +1
open - plain r,direct => ok
open - good1 r,direct => ok +1 ~18 ok +1
open - none1 r,direct => ok +1 ~18 ok +1
open - bad1 r,direct => ok +1 ~18 ok +1
open - none1 r => EACCES +1 ~18 EACCES
open - bad1 r => EACCES +1 ~18 EACCES
open - good2 r,direct => EACCES +1
open - none2 r,direct => EACCES +1
open - bad2 r,direct => EACCES +1
open - good3 r,direct => ok +1 ~18 ok +1
open - none3 r,direct => ok +1 ~18 ok +1
open - bad3 r,direct => ok +1 ~18 ok +1
open - seen r => ok +1
open - seen r,direct => ok
open - good1 w,direct => ok
open - good3 w,direct => ok ~18 EACCES
getxattr good1 security.ima => ok
'
