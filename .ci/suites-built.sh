#!/bin/bash
# Measures how long tests take under coredumpy run once they are built. Builds the test
# binaries of the modules that .ci/suites.sh has put in a directory with and without it,
# and runs them in turn. Prints the median of 7 runs of all of a module's tests, in ms.
# usage: .ci/suites-built.sh DIRECTORY [flags of coredumpy run, such as -O]
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
suites=$(cd "${1:?directory}" && pwd)
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$root" && go build -o "$work/coredumpy" ./cmd/coredumpy)

run() { # DIRECTORY COUNT: the time of all test binaries, in ms
	local start=$(date +%s%N) f
	for f in "$1"/*.test; do
		(cd "$(cat "$work/$(basename "$f" .test).dir")" && "$f" -test.count="$2" -test.timeout=5m >/dev/null 2>&1) || true
	done
	echo $((($(date +%s%N) - start) / 1000000))
}

for suite in cobra:10 mux:50 common:2 logrus:1 testify:1 go-cmp:5 goldmark:3; do
	name=${suite%:*} count=${suite#*:} i=0
	rm -rf "$work/plain" "$work/run"
	mkdir "$work/plain" "$work/run"
	for dir in $(cd "$suites/$name" && go list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.Dir}}{{end}}' ./...); do
		i=$((i + 1))
		echo "$dir" >"$work/$i.dir"
		(cd "$dir" && go test -c -o "$work/plain/$i.test" . && "$work/coredumpy" run "$@" go test -c -o "$work/run/$i.test" .) >/dev/null 2>&1 || true
	done
	for _ in 1 2 3 4 5 6 7; do
		run "$work/plain" "$count" >>"$work/plain.ms"
		run "$work/run" "$count" >>"$work/run.ms"
	done
	plain=$(sort -n "$work/plain.ms" | sed -n 4p) built=$(sort -n "$work/run.ms" | sed -n 4p)
	rm "$work/plain.ms" "$work/run.ms"
	awk -v n="$name" -v p="$plain" -v r="$built" 'BEGIN { printf "%-10s %6d plain, %6d under coredumpy: %+.0f %%\n", n, p, r, 100 * (r / p - 1) }'
done
