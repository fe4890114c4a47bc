#!/usr/bin/env bash
# Appends what the dumps are about to the page of a job, GITHUB_STEP_SUMMARY. DUMPS are paths
# and patterns, one a line, ARTIFACT is the name under which they were to be uploaded, UPLOADED
# where the artifact is, empty if the upload failed, and COMMAND the command coredumpy, if it
# isn't to be looked for. Whatever a dump holds, it is only an
# argument here, and the job's result stays as it is. Works with bash 3.2, which macOS has.
set -uo pipefail
shopt -s nullglob
shopt -s globstar 2>/dev/null || true

# No line of the log from here on is a command to the runner: a file's name may look like one.
token=coredumpy-$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
echo "::stop-commands::$token"
trap 'echo "::$token::"' EXIT

# expand prints the dumps that a path or a pattern stands for, each with a zero byte.
expand() {
	local IFS= file
	for file in $1; do # IFS is empty: a space doesn't split
		case $file in
		-*) file=./$file ;; # a path, not a flag
		esac
		if [ -d "$file" ]; then
			find -H "$file" -type f -name '*.dump' -print0
		elif [ -f "$file" ]; then
			printf '%s\0' "$file"
		fi
	done
}

# A line with ! leaves files out.
wanted=() unwanted=()
while IFS= read -r line || [ -n "$line" ]; do
	line=${line%$'\r'}
	line=${line#"${line%%[![:space:]]*}"}
	line=${line%"${line##*[![:space:]]}"}
	case $line in
	'') ;;
	!*) while IFS= read -r -d '' file; do unwanted+=("$file"); done < <(expand "${line#!}") ;;
	*) while IFS= read -r -d '' file; do wanted+=("$file"); done < <(expand "$line") ;;
	esac
done <<<"${DUMPS:-}"

files=()
for file in ${wanted[@]+"${wanted[@]}"}; do
	for no in ${unwanted[@]+"${unwanted[@]}"}; do
		[ "${file#./}" = "${no#./}" ] && continue 2
	done
	files+=("$file")
done
if [ ${#files[@]} -eq 0 ]; then
	echo "no dumps to show"
	exit 0
fi

# The command, in words.
command=()
if [ -n "${COMMAND:-}" ]; then
	if [ -f "$COMMAND" ]; then
		command=("$COMMAND")
	else
		read -r -a command <<<"$COMMAND"
	fi
elif go tool -n coredumpy >/dev/null 2>&1; then
	command=(go tool coredumpy)
elif go list coredumpy/cmd/coredumpy >/dev/null 2>&1; then
	command=(go run coredumpy/cmd/coredumpy)
elif type -P coredumpy >/dev/null; then
	command=(coredumpy)
fi

page=${GITHUB_STEP_SUMMARY:-/dev/stdout}
{
	printf '## Dumps\n\n'
	run=${GITHUB_RUN_ID:-} repository=${GITHUB_REPOSITORY:-} uploaded=${UPLOADED:-}
	if [ -z "$uploaded" ]; then
		printf 'They could not be uploaded: the log of the step says why.\n\n'
	elif [[ $run =~ ^[0-9]+$ && $repository =~ ^[A-Za-z0-9._/-]+$ && ${ARTIFACT:-} =~ ^[A-Za-z0-9_][A-Za-z0-9._-]*$ ]]; then
		printf 'To look around in one, download the artifact of this run:\n\n'
		printf '```\ngh run download %s -R %s -n %s\n```\n\n' "$run" "$repository" "$ARTIFACT"
		printf 'Then open a dump with `coredumpy load FILE`.\n\n'
	else
		printf 'To look around in one, download the artifact of this run.\n\n'
		printf 'Then open a dump with `coredumpy load FILE`.\n\n'
	fi
	# GitHub makes no link of an address with another scheme than https.
	if [[ $uploaded =~ ^https://github\.com/[A-Za-z0-9-]+/[A-Za-z0-9._-]+/actions/runs/[0-9]+/artifacts/[0-9]+$ ]]; then
		printf 'VS Code with the extension of `coredumpy vscode` opens them by this address:\n\n'
		printf '```\nvscode://coredumpy.coredumpy-go/open?artifact=%s\n```\n\n' "$uploaded"
	fi
} >>"$page"
if [ ${#command[@]} -eq 0 ]; then
	echo "no coredumpy found to say what the dumps are about: set the input command" | tee -a "$page"
	exit 0
fi
if ! "${command[@]}" peek -markdown -- "${files[@]}" >>"$page"; then
	echo "coredumpy peek failed: see the log of the step" | tee -a "$page"
fi
exit 0
