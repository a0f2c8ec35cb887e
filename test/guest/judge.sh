# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
#
# judge.sh - prepares cases, has them judged in guests, compares (for run)
#
# shellcheck disable=SC2154 # keep, here, keys, tools and so on are run's
# shellcheck disable=SC2034 # and the cases set and use others
# shellcheck disable=SC1090 # of which there are many
# shellcheck disable=SC2046 # lists of names without blanks
# shellcheck disable=SC2016 # scripts for the guest

# A UUID that is the case's own and the same in every run.
case_uuid()
{
	printf %s "$1" | sha256sum | sed 's/^\(.\{8\}\)\(.\{4\}\)\(.\{4\}\)\(.\{4\}\)\(.\{12\}\).*/\1-\2-\3-\4-\5/'
}

# Rules without fsuuid= get one. Those that cannot have one stay.
scope_policy()
{
	awk -v uuid="$1" -v scope="$2" '
		{ gsub(/@UUID@/, uuid) }
		/^[ \t]*(#|$)/ { next }
		scope == "machine" || /fsuuid=/ || /func=(SETXATTR|KEY)_CHECK/ {
			print; next
		}
		{ print $0 " fsuuid=" uuid }'
}

# "op => VERDICT ~N OTHER" becomes "NUMBER N OTHER".
deviations()
{
	printf '%s\n' "$ops" | awk '
		/^[ \t]*(#|$)/ || $1 == "as" { next }
		{ n++ }
		/ => .* ~[0-9]+ / { sub(/.* => .* ~/, ""); print n, $0 }'
}

# In a subshell: what the case sets must not meet the next case.
prepare()
{
	name=$1
	dir=$keep/cases/$name
	mnt=/ima/$name
	boot='' policy='' scope='' early='' evm='' ops='' size=4M features='' replay=yes later='' leaves=''
	mkdir -p "$dir/tree"
	. "$here/cases/$name.sh"
	uuid=$(case_uuid "$name")
	printf '%s\n' "$policy" | scope_policy "$uuid" "$scope" >"$dir/policy"
	printf '%s\n' "$ops" | sed 's/[ \t]*=> .*//' >"$dir/ops"
	deviations >"$dir/deviations"
	printf '%s\n' "$ops" | awk '
		/^[ \t]*(#|$)/ || $1 == "as" { next }
		{ n++ }
		/ => / { sub(/.* => /, ""); sub(/ ~.*/, ""); print n, $0 }
		' >"$dir/expected"
	printf '%s\n' "$early" >"$dir/early"
	echo "$boot" >"$dir/boot"
	echo "$scope" >"$dir/scope"
	echo "$evm" >"$dir/evm"
	echo "$replay" >"$dir/replay"
	echo "$later" >"$dir/later"
	echo "$leaves" >"$dir/leaves"
	(cd "$dir/tree" && umask 022 && tree)
	IMAGE_UUID=$uuid IMAGE_FEATURES=$features "$here/run-guest.sh" -I "$dir/tree" "$dir/image" "$size"
	[ ! -e "$dir/bound" ] || sign_bound "$dir/image"
	[ ! -e "$dir/raw" ] || put_raw_xattrs "$dir/image"
}

# What must be the same for cases that share a boot.
group_key()
{
	dir=$keep/cases/$1
	if [ -n "$(cat "$dir/scope")" ]; then
		echo "alone $1"
	else
		echo "$(cat "$dir/boot") $(cat "$dir/evm") $(cut -d ' ' -f 1 "$dir/policy" |
			sed 's/^dont_//' | sort -u | tr '\n' ' ')"
	fi
}

# Makes groups/N/cases, at most 12 names in each: every one is a disk.
group_cases()
{
	mkdir -p "$keep/groups"
	for name; do
		key=$(group_key "$name")
		for n in 1 2 3 4 5 6 7 8 9; do
			group=$keep/groups/$(echo "$key $n" | cksum |
				cut -d ' ' -f 1)
			[ -d "$group" ] || break
			[ "$(wc -l <"$group/cases")" -lt 12 ] && break
		done
		mkdir -p "$group"
		echo "$name" >>"$group/cases"
	done
}

# Overlay of the initramfs: program, keys, and the operations of cases $2...
make_overlay()
{
	overlay=$1
	shift
	mkdir -p "$overlay/bin" "$overlay/job"
	cp "$tools/op" "$overlay/bin/"
	cp -r "$keys/loaded" "$overlay/job/keys"
	for name; do
		mkdir -p "$overlay/job/$name" "$overlay/ima/$name"
		for part in early ops policy; do
			cp "$keep/cases/$name/$part" "$overlay/job/$name/"
		done
	done
}

mount_lines()
{
	letters=abcdefghijklmnopqrstuvwxyz
	for name; do
		letter=${letters%"${letters#?}"}
		letters=${letters#?}
		echo "mount -t ext4 /dev/vd$letter /ima/$name || exit 2"
		echo "op early /ima/$name /job/$name/early || exit 2"
	done
}

disk_options()
{
	for name; do
		printf ' -d %s' "$keep/cases/$name/$image"
	done
}

judge_by_kernel()
{
	group=$1
	set -- $(cat "$group/cases")
	make_overlay "$group/overlay" "$@"
	only_base=$([ "$(cat "$keep/cases/$1/scope")" != machine ] || echo 1)
	for name; do
		cat "$keep/cases/$name/policy"
	done >"$group/overlay/job/policy"
	{
		mount_lines "$@"
		echo 'exec op session /job/keys sh /job/judge'
	} >"$group/script"
	{
		echo 'ima=/sys/kernel/security/ima'
		echo "export IMAFS_ONLY_BASE=$only_base"
		[ -z "$(cat "$keep/cases/$1/evm")" ] || echo \
			"echo $(cat "$keep/cases/$1/evm") >/sys/kernel/security/evm || exit 2"
		[ ! -s "$group/overlay/job/policy" ] ||
			echo 'op policy /job/policy $ima/policy || exit 2'
		for name; do
			echo "op run /ima/$name \$ima /job/$name/ops /out/$name || exit 2"
			echo "op walk /ima/$name >/out/$name/walk"
		done
		echo 'cat $ima/binary_runtime_measurements >/out/list'
		pcr_lines /out
	} >"$group/overlay/job/judge"
	image=image.kernel
	for name; do
		cp --sparse=always "$keep/cases/$name/image" \
			"$keep/cases/$name/$image"
	done
	"$here/run-guest.sh" -m rmd160 -r "$group/overlay" -o "$group/out" \
		-c "$group/console" -t 600 -a "$(cat "$keep/cases/$1/boot")" \
		$(disk_options "$@") "$group/script" || {
		tail -n 20 "$group/console" >&2
		echo "run: the kernel's guest failed for: $*" >&2
		exit 1
	}
	for name; do
		mv "$group/out/$name" "$keep/cases/$name/kernel"
	done
	[ "$(cat "$keep/cases/$1/replay")" = yes ] || return 0
	replays "$group/out/list" "$group/out" >&2 || {
		echo "run: the kernel's own list does not replay: $*" >&2
		exit 1
	}
}

# Verdict, lines and violations of each operation: "1 ok +2 !1".
summary()
{
	awk '
		function flush() {
			if (n != "" && n != "end")
				print n, v (plus ? " +" plus : "") \
					(bang ? " !" bang : "")
		}
		/^  \+ / { plus++; next }
		/^  ! violations/ { bang = substr($3, 2); next }
		{
			flush(); plus = bang = 0; n = $1
			v = $0; sub(/.* => /, "", v); sub(/ .*/, "", v)
		}
		END { flush() }' "$1"
}

print_record()
{
	echo "== $1"
	summary "$keep/cases/$1/kernel/transcript" >"$keep/cases/$1/summary"
	( . "$here/cases/$1.sh"; printf '%s\n' "$ops" ) |
		awk -v from="$keep/cases/$1/summary" '
			/^[ \t]*(#|$)/ || $1 == "as" { print; next }
			{
				sub(/[ \t]*=> .*/, "")
				getline line < from
				sub(/^[0-9]+ /, "", line)
				print $0 " => " line
			}'
}

check_expected()
{
	summary "$1/transcript" >"$1/summary"
	awk -v expected="$keep/cases/$2/expected" '
		BEGIN {
			while ((getline <expected) > 0)
				want[$1] = $0
		}
		($1 in want) && want[$1] != $0 {
			print "expected " want[$1] ", kernel: " $0; bad = 1
		}
		END { exit bad }' "$1/summary"
}

# The mount options of imafs that mean what the kernel's words mean.
imafs_options()
{
	dir=$keep/cases/$1
	options="allow_other,tpm=auto,keys=/job/keys,state=/run/imafs/$1"
	[ -z "$(cat "$dir/evm")" ] || options="$options,evm_keys=/job/keys"
	builtin='' template=ima-sig # this kernel's default, not imafs'
	# shellcheck disable=SC2013 # words they are
	for word in $(cat "$dir/boot"); do
		case $word in
		ima_hash=*) options="$options,hash=${word#*=}" ;;
		ima_template=* | ima_template_fmt=*) template=${word#*=} ;;
		ima_appraise=*) options="$options,appraise=${word#*=}" ;;
		ima_policy=*) builtin=${word#*=} ;;
		ima_tcb) builtin=ima_tcb ;;
		esac
	done
	options=$options,template=$template
	if [ -s "$dir/policy" ]; then
		echo "$options,policy=/job/$1/policy"
	elif [ -n "$builtin" ]; then
		echo "$options,policy=$builtin"
	else
		echo "$options"
	fi
}

# What imafs loads at run time and what it starts.
imafs_programs()
{
	printf ' -p %s -p %s' "$imafs" "$(command -v swtpm)"
	ldconfig -p | awk '/libtss2-tcti-(device|swtpm)\.so/ {
		printf " -p %s", $NF }'
}

# No TPM in the machine: every mount has a software TPM of its own.
judge_by_imafs()
{
	group=$1
	set -- $(cat "$group/cases")
	make_overlay "$group/overlay" "$@"
	mkdir -p "$group/overlay/run/imafs"
	{
		mount_lines "$@"
		for name; do
			cat <<END
mkdir -p /out/$name
if $imafs mount -o '$(imafs_options "$name")' /ima/$name /ima/$name \
		>/out/$name/log 2>&1; then
	op run /ima/$name /ima/$name/.ima /job/$name/ops /out/$name || exit 2
	$imafs log --verify /ima/$name >/out/$name/verify 2>&1
	echo \$? >/out/$name/verified
	umount /ima/$name || exit 2
	op walk /ima/$name >/out/$name/walk
fi
END
		done
	} >"$group/script"
	image=image
	"$here/run-guest.sh" -n -M 768 -m rmd160 -r "$group/overlay" -o "$group/out" \
		-c "$group/console" -t 900 $(imafs_programs) \
		$(disk_options "$@") "$group/script" || {
		tail -n 20 "$group/console" >&2
		echo "run: imafs' guest failed for: $*" >&2
	}
	for name; do
		[ ! -d "$group/out/$name" ] ||
			mv "$group/out/$name" "$keep/cases/$name/imafs"
	done
}

group_for_imafs()
{
	mkdir -p "$keep/imafs"
	n=0
	for name; do
		[ -z "$(cat "$keep/cases/$name/later")" ] || continue
		group=$keep/imafs/$((n / 12))
		mkdir -p "$group"
		echo "$name" >>"$group/cases"
		n=$((n + 1))
	done
}

# shared FUNCTION ITEM...: $jobs workers, each does every n-th item
shared()
{
	function=$1
	shift
	workers=''
	for worker in $(seq 1 "$jobs"); do
		(
			n=0
			for item; do
				n=$((n % jobs + 1))
				[ $n -ne "$worker" ] || $function "$item"
			done
		) &
		workers="$workers $!"
	done
	status=0
	for worker in $workers; do
		wait "$worker" || status=1
	done
	return $status
}

# "NUMBER op= cause=" of what was denied, in $1: violations and log mode deny
# nothing. Some denials the kernel does not explain; those are left out.
denial_causes()
{
	awk -v summary="$1/summary" -v explained="$2/causes" '
		BEGIN {
			file_op = " op=(appraise|collect|set)_data "
			while ((getline <summary) > 0)
				if ($2 != "ok")
					denied[$1] = 1
			while ((getline <explained) > 0)
				if ($0 ~ file_op)
					why[$1] = 1
		}
		($1 in denied) && ($1 in why) && $0 ~ file_op {
			print $1, $2, $3
		}' "$1/causes" | uniq
}

# The parts of a transcript, entries or causes that no deviation is about.
undisputed()
{
	awk -v deviations="$1" '
		BEGIN {
			while ((getline <deviations) > 0)
				disputed[$1] = 1
		}
		/^[0-9e]/ { n = $1 }
		!(n in disputed)' "$2"
}

# Deviations are what they are said to be, and the page of doc/ lists them.
check_deviations()
{
	awk 'NR == FNR { n = $1; $1 = ""; imafs[n] = substr($0, 2); next }
		{
			n = $1; tag = $2; $1 = $2 = ""; want = substr($0, 3)
			if (imafs[n] == want)
				next
			print "operation " n " differs as number " tag \
				" says, but otherwise: " imafs[n]
			bad = 1
		}
		END { exit bad }' "$1/imafs/summary" "$1/deviations" || return 1
	cut -d ' ' -f 2 "$1/deviations" | sort -u | while read -r tag; do
		grep -q "^$tag\. " "$top/doc/design/004-deviations.md" || {
			echo "doc/design/004-deviations.md has no number $tag"
			return 1
		}
	done
}

# Prints how the case fails. True: it does not.
compare()
{
	dir=$keep/cases/$1
	good=yes
	check_expected "$dir/kernel" "$1" || good=no
	if [ "$kernel_only" = yes ] || [ -n "$(cat "$dir/later")" ]; then
		[ $good = yes ]
		return
	fi
	if [ ! -e "$dir/imafs/walk" ]; then
		echo "imafs did not mount, or not to the end:"
		cat "$dir/imafs/log" 2>/dev/null || :
		return 1
	fi
	summary "$dir/imafs/transcript" >"$dir/imafs/summary"
	check_deviations "$dir" || good=no
	for side in kernel imafs; do
		denial_causes "$dir/$side" "$dir/kernel" >"$dir/$side/denied"
		for part in transcript entries denied; do
			undisputed "$dir/deviations" "$dir/$side/$part" \
				>"$dir/$side/$part.judged"
		done
		grep -vE "^\./($(cat "$dir/leaves")) " "$dir/$side/walk" \
			>"$dir/$side/walk.judged"
	done
	for part in transcript denied walk entries; do
		diff -U 0 --label "kernel $part" --label "imafs $part" \
			"$dir/kernel/$part.judged" "$dir/imafs/$part.judged" ||
			good=no
		# It says more about the same entries.
		[ $good = yes ] || [ $part != walk ] || break
	done
	[ "$(cat "$dir/imafs/verified")" = 0 ] || {
		echo "imafs' list does not replay to its PCRs:"
		cat "$dir/imafs/verify"
		good=no
	}
	[ $good = yes ]
}

# A boot of its own: boots/NAME.sh sets boot and tree() as a case does, guest
# to a script for the guest, and check() to what looks at its $out. Prints
# what is wrong.
own_boot()
{
	name=$1
	dir=$keep/boots/$name
	mnt=/ima/$name out=$dir/out good=yes boot='' guest=''
	mkdir -p "$dir/tree" "$dir/overlay$mnt" "$out"
	. "$here/boots/$name.sh"
	(cd "$dir/tree" && umask 022 && tree)
	"$here/run-guest.sh" -I "$dir/tree" "$dir/image" 4M
	{
		echo "imafs=$imafs"
		echo "pcrs() { $(pcr_lines '$1') }"
		echo "mount -t ext4 /dev/vda $mnt || exit 2"
		echo "$guest"
	} >"$dir/script"
	"$here/run-guest.sh" -M 768 -r "$dir/overlay" -o "$out" -t 600 \
		-c "$dir/console" -a "$boot" $(imafs_programs) \
		-d "$dir/image" "$dir/script" || {
		tail -n 20 "$dir/console"
		return 1
	}
	check
	[ $good = yes ]
}

bad()
{
	echo "$*"
	good=no
}

# Commands for the guest that write the PCRs of both banks to files in $1.
pcr_lines()
{
	echo 'for bank in sha1 sha256; do
		for pcr in $(seq 0 23); do
			printf "PCR-%02d: " $pcr
			sed "s/../& /g" /sys/class/tpm/tpm0/pcr-$bank/$pcr
		done >'"$1"'/pcrs-$bank
	done'
}

# replays LIST DIR: with the PCRs that pcr_lines left in DIR
replays()
{
	evmctl ima_measurement --ignore-violations \
		--pcrs "sha1,$2/pcrs-sha1" --pcrs "sha256,$2/pcrs-sha256" \
		"$1" >"$2/replay" 2>&1 || { cat "$2/replay"; return 1; }
}
