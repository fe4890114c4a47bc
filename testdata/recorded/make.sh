#!/usr/bin/env bash
# Makes the dumps in this directory again: make.sh [NAME]... It needs Linux on amd64, root,
# and network access to the Go module proxy. The programs are built and run where no path
# and no name is this machine's: in namespaces of their own, with the module in /srv/src,
# Go in /usr/local/go, and the host called build-7.
#
# New dumps have other addresses and times: what is recorded changes with them. So a dump is
# made again only if it can't be read any more, or says nothing of what it is for.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
if [ -z "${RECORDED_INSIDE:-}" ]; then
	for v in 1.24.13 1.25.14 1.26.8 1.27.3; do # downloaded out here
		root=$(GOTOOLCHAIN=go$v go env GOROOT)
		export "GOROOT_${v//./_}=$root"
	done
	RECORDED_INSIDE=1 GOCACHE=$(go env GOCACHE) exec unshare -mu --propagation private "$0" "$@"
fi
hostname build-7
mount -t tmpfs tmpfs /srv
mkdir /srv/src /srv/bin /srv/dumps /srv/roots
mount --bind "$here/../.." /srv/src
for v in 1_24_13 1_25_14 1_26_8 1_27_3; do
	name=GOROOT_$v
	mkdir "/srv/roots/$v"
	mount --bind "${!name}" "/srv/roots/$v"
done
cd /srv/src

# build VERSION PACKAGE [FLAG]... makes /srv/bin/NAME, a test if there is -c.
build() {
	while mountpoint -q /usr/local/go; do umount /usr/local/go; done
	mount --bind "/srv/roots/${1//./_}" /usr/local/go
	local how=build package=$2
	if [ "${3:-}" = -c ]; then
		how="test -c"
		set -- "$1" "$2" "${@:4}"
	fi
	env -i PATH=/usr/local/go/bin:/usr/bin:/bin HOME=/nowhere GOCACHE="$GOCACHE" GOTOOLCHAIN=local GOFLAGS=-buildvcs=false CGO_ENABLED=0 \
		/usr/local/go/bin/go $how -o "/srv/bin/$name" "${@:3}" "$package"
}

# hide takes the sources of the standard library away: with those of the runtime each dump
# would have a hundred kilobytes more.
hide() { mount -t tmpfs tmpfs /usr/local/go; }

# execute COMMAND... runs it with a small environment; it is to fail.
execute() { (cd /srv/bin && env -i PATH=/usr/bin:/bin HOME=/srv USER=app RECORDED_FAIL=1 COREDUMPY_DIR=/srv/dumps "$@") >/srv/log 2>&1 || true; }

# keep takes the dump that was made.
keep() {
	local made=(/srv/dumps/*.dump)
	[ -e "${made[0]}" ] || { echo "$name: no dump"; cat /srv/log; exit 1; }
	mv "${made[0]}" "testdata/recorded/$name.dump"
	chmod 644 "testdata/recorded/$name.dump"
	rm -f /srv/dumps/*
	printf '%s\t%s\n' "$name" "$(stat -c %s "testdata/recorded/$name.dump")"
}

# crash NAME VERSION PACKAGE [FLAG]... builds a program that dumps its own crash.
crash() {
	name=$1
	wanted || return 0
	build "${@:2}"
	hide
	execute "./$name"
	keep
}

asked=("$@")
wanted() {
	[ ${#asked[@]} = 0 ] && return
	local n
	for n in "${asked[@]}"; do
		[ "$n" != "$name" ] || return 0
	done
	return 1
}

all=-gcflags='all=-N -l'
plain=-gcflags='coredumpy/...=-N -l'
crash zoo 1.24.13 ./testdata/crash/zoo "$all"
crash zoo-optimised 1.27.3 ./testdata/crash/zoo
crash values 1.26.8 ./testdata/recorded/src/values "$plain"
crash values-older 1.25.14 ./testdata/recorded/src/values -gcflags=coredumpy/...=-N
crash generics 1.25.14 ./testdata/crash/generics
crash closures 1.24.13 ./testdata/crash/closures
crash scopes 1.27.3 ./testdata/crash/scopes "$plain"
crash constants 1.26.8 ./testdata/crash/constants "$plain"
crash globals 1.25.14 ./testdata/crash/globals "$plain"
crash repanic 1.24.13 ./testdata/crash/repanic
crash trimmed 1.27.3 ./testdata/crash/inlined -trimpath
crash nodebug 1.26.8 ./testdata/crash/wrapped -ldflags=-w
crash optimised 1.27.3 ./testdata/recorded/src/optimised
crash limits 1.26.8 ./testdata/recorded/src/limits "$plain"
crash hostile 1.27.3 ./testdata/recorded/src/hostile "$plain"
crash secrets 1.26.8 ./testdata/recorded/src/secrets "$plain"
crash labels 1.26.8 ./testdata/recorded/src/labels # Monitor makes it

name=fails
if wanted; then
	build 1.25.14 ./testdata/recorded/src/fails -c "$plain"
	hide
	execute ./fails -test.run=Basket
	keep
fi

name=throws
if wanted; then
	name=coredumpy build 1.26.8 ./cmd/coredumpy
	build 1.26.8 ./testdata/run
	hide
	execute ./coredumpy run ./throws unlock
	keep
fi

name=attached
if wanted; then
	name=coredumpy build 1.26.8 ./cmd/coredumpy
	build 1.24.13 ./testdata/recorded/src/served
	hide
	mkfifo /srv/stdin /srv/stdout
	(cd /srv/bin && exec env -i ./attached </srv/stdin >/srv/stdout 2>&1) &
	exec 8>/srv/stdin 9</srv/stdout
	read -r ready <&9 && [ "$ready" = ready ]
	execute ./coredumpy attach "$!"
	exec 8>&- 9<&-
	wait
	keep
fi

# The first part of another one: goroutines and objects are missing.
name=truncated
if wanted; then
	size=$(stat -c %s testdata/recorded/zoo.dump)
	head -c $((size * 3 / 5)) testdata/recorded/zoo.dump >testdata/recorded/truncated.dump
fi

# Those written by hand.
for name in shop names forged cut evaluated notes later; do
	! wanted || gzip -nc "testdata/recorded/src/$name.json" >"testdata/recorded/$name.dump"
done
