#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# With init=/ima/... or a word imafs= or imafs.* on the kernel command line:
# mounts the protected tree below the new root. If that fails, imafs-init ends
# the system. Sourced by dracut.
imafs_wanted=no
read -r imafs_words </proc/cmdline
for imafs_word in $imafs_words; do
	case $imafs_word in
	init=/ima/* | imafs=1 | imafs.*)
		[ $imafs_wanted = never ] || imafs_wanted=yes
		;;
	imafs=0) imafs_wanted=never ;;
	--) break ;;
	esac
done
if [ $imafs_wanted = yes ]; then
	/sbin/imafs-init --initramfs "$NEWROOT" || {
		# it ends the system itself, if it runs; no emergency shell
		echo 'imafs-init did not mount the protected tree' >/dev/console
		halt -f || poweroff -f
		while :; do sleep 1000; done
	}
fi
