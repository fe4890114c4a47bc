#!/usr/bin/env bash
# Measures how large the dumps of typical programs are, and what takes the room: the shop of
# coredumpy demo, and programs around chi, echo, gin, cobra, bbolt and zap, which the Go module
# proxy must have. The first time it builds for some minutes.
#
#	.ci/dumps.sh [CHECKOUT]...     each checkout of coredumpy with these programs; this one if none is given
#
# Sizes are in bytes, of the dump and of each kind of record when it is compressed alone.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# part DUMP KIND prints how many bytes the records of a kind take.
part() { zcat "$1" | { grep "^{\"$2\":" || true; } | gzip -c | wc -c; }

# row NAME DUMP... prints the sizes of the dump of a program.
row() {
	size=$(stat -c %s "$2")
	printf '%-8s %9d %9d %9d %9d\n' "$1" "$size" "$(part "$2" source)" \
		"$(part "$2" goroutine)" "$(zcat "$2" | { grep '^\[' || true; } | gzip -c | wc -c)"
	total=$((total + size))
}

[ $# -gt 0 ] || set -- "$root"
for checkout; do
	checkout=$(cd "$checkout" && pwd)
	rm -rf "$work/real" "$work/dumps" "$work/bin"
	mkdir -p "$work/dumps" "$work/bin"
	cp -r "$root/.ci/optimised/real" "$work/real"
	(
		cd "$work/real"
		go mod edit -replace=coredumpy="$checkout"
		go build -o "$work/bin/" ./chi ./echo ./gin ./cobra ./bbolt ./zap
	)
	go build -C "$checkout" -o "$work/bin/demo" ./cmd/coredumpy/demo
	echo "$checkout"
	printf '%-8s %9s %9s %9s %9s\n' program dump source stacks objects
	total=0
	mkdir "$work/dumps/demo"
	"$work/bin/demo" "$work/dumps/demo" >/dev/null 2>&1 || true
	row demo "$work"/dumps/demo/*.dump
	for program in chi echo gin cobra bbolt zap; do
		"$work/bin/$program" "$work/dumps/$program.dump" >/dev/null 2>&1
		row "$program" "$work/dumps/$program.dump"
	done
	printf '%-8s %9d\n' all "$total"
done
