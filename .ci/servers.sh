#!/usr/bin/env bash
# Measures what dumps of six big servers hide: whether secrets that the servers were given,
# or that stand in their requests, are in plain, and how many of the other texts are hidden.
# Builds the servers, which takes half an hour on two busy cores the first time, and several GB.
#
#	.ci/servers.sh [-v] DIR [SERVER]...    DIR keeps what was built
#
# -v lists each place where a secret is in plain, and each kind of other text that is hidden.
# COREDUMPY="before=FILE after=FILE" measures these executables in place of this checkout's,
# on the same memory.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
verbose=()
if [ "${1-}" = -v ]; then
	verbose=(-v)
	shift
fi
mkdir -p "${1:?directory}"
work=$(cd "$1" && pwd)
shift

# build NAME PACKAGE VERSION GO builds the main package with a toolchain that it accepts. Its
# module may have replace directives, as go install doesn't take them.
build() {
	[ ! -x "$work/$1" ] || return 0
	echo "builds $2@$3 with $4" >&2
	mkdir -p "$work/modules/$1"
	(
		cd "$work/modules/$1"
		export GOTOOLCHAIN=$4 GOFLAGS=-buildvcs=false
		[ -f go.mod ] || go mod init "example.com/$1"
		go get "$2@$3"
		nice -n 19 go build -p 1 -o "$work/$1" "$2"
	) >"$work/$1.log" 2>&1 || echo "$1 can't be built: see $work/$1.log" >&2
}

build etcd go.etcd.io/etcd/server/v3 v3.7.3 go1.26.8
build pocketbase github.com/pocketbase/pocketbase/examples/base v0.40.4 go1.27.3
build caddy github.com/caddyserver/caddy/v2/cmd/caddy v2.11.9 go1.26.8
build prometheus github.com/prometheus/prometheus/cmd/prometheus v0.316.0 go1.26.8
build nats github.com/nats-io/nats-server/v2 v2.15.3 go1.26.8
build hugo github.com/gohugoio/hugo v0.166.0 go1.27.3

cd "$root"
if [ -z "${COREDUMPY-}" ]; then
	go build -o "$work/coredumpy" ./cmd/coredumpy
	COREDUMPY=this=$work/coredumpy
fi
tools=()
for tool in $COREDUMPY; do
	tools+=(-coredumpy "$tool")
done
go run ./.ci/servers -bin "$work" "${verbose[@]}" "${tools[@]}" "$@"
