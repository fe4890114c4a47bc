#!/bin/bash
# Runs the tests on linux/arm64, emulated: programs are cross-compiled and run under
# qemu-user. Needs qemu-aarch64-static (Debian: qemu-user-static), and user
# namespaces, so that it runs arm64 programs in here and nowhere else. With
# aarch64-linux-gnu-gcc (gcc-aarch64-linux-gnu, libc6-dev-arm64-cross) it also tests
# programs with cgo and position-independent ones. Takes about ten minutes.
# GOTOOLCHAIN chooses the version of Go.
#
#	.ci/arm64.sh [FLAG...]     flags of go test, such as -v
#
# It can't test run and attach, because qemu-user has no ptrace and another process is
# qemu's own; nor the race detector.
set -eu
cd "$(dirname "$0")/.."

qemu=$(command -v qemu-aarch64-static) || { echo "no qemu-aarch64-static"; exit 1; }
if [ "${1:-}" != inside ]; then
	exec unshare --user --map-root-user --mount "$0" inside "$@"
fi
shift
mount -t binfmt_misc none /proc/sys/fs/binfmt_misc
printf '%s' ':arm64:M::\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00:\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff:'"$qemu:OF" >/proc/sys/fs/binfmt_misc/register

export GOARCH=arm64 CGO_ENABLED=0
if command -v aarch64-linux-gnu-gcc >/dev/null; then
	export CGO_ENABLED=1 CC=aarch64-linux-gnu-gcc QEMU_LD_PREFIX=/usr/aarch64-linux-gnu
fi
failed=0
check() { nice go test "$@" || failed=1; }

check "$@" -skip PlantedInProcess . ./cmd/coredumpy ./internal/capture ./internal/apitest ./internal/debuginfo ./internal/walk ./internal/dump ./internal/inspector ./internal/repl \
	./internal/corefile ./internal/notation ./internal/views ./internal/eval ./internal/pretty ./internal/secrets ./internal/printable ./internal/source \
	./internal/destination ./internal/retain ./internal/shell ./internal/clock ./internal/quota
check "$@" -skip '^Test(Stop|Trace|Reap|Remote)' ./internal/gotypes ./internal/target ./internal/variables ./internal/cause ./internal/memory ./internal/ptrace ./internal/procfs ./internal/ownpanic ./internal/unsafely
check "$@" -skip 'OfAnother|/race' ./internal/crashtest
exit $failed
