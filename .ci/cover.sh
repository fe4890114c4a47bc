#!/usr/bin/env bash
# Tells how many statements all tests cover, with the toolchain of GOTOOLCHAIN. It takes
# longer than the tests alone, about 12 minutes on two cores.
set -euo pipefail
cd "$(dirname "$0")/.."
profile=$(mktemp)
trap 'rm -f "$profile"' EXIT
COREDUMPY_TEST=all go test -timeout=30m -coverpkg=./... -coverprofile="$profile" ./... | sed -uE 's/\tcoverage: .*//'
go tool cover -func="$profile" | tail -n 1
