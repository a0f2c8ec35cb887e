# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Shared by the lint scripts: where the sources are, how a complaint is made.
set -eu -o pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

complaints=0

# All files of the project that match a pattern, without what a build made.
files()
{
	{ git -c safe.directory="$PWD" ls-files 2>/dev/null ||
		find . -type f -not -path './build*' -not -path './.git*' |
		sed 's|^\./||'; } | { grep -E "$1" || true; } | sort |
		while read -r f; do
			[ ! -f "$f" ] || printf '%s\n' "$f"
		done
}

# Shell scripts, by name or by first line.
scripts()
{
	files . | grep -vE '\.(c|h|py|md|build|txt)$|^test/(corpus|data)/' |
		while read -r f; do
			if [[ $f == *.sh ]] ||
				head -n 1 "$f" | grep -aqE '^#!.*/(ba|da)?sh'
			then
				printf '%s\n' "$f"
			fi
		done
}

complain()
{
	printf '%s\n' "$*" >&2
	complaints=$((complaints + 1))
}

finish()
{
	[ "$complaints" -eq 0 ]
}
