#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# init=/ima/init: a machine whose root file system (ext4) has a signed tree, and
# what happens when something about it is wrong. One boot each.
. "$(dirname "$0")/../../cases/lib/harness.sh"
. "$(dirname "$0")/lib.sh"
need_root
need_guest
make_chain
base_root

it 'a signed tree boots to its signed init'
boot
console_has 'guest: the signed init runs as process 1'
ended off

finish
