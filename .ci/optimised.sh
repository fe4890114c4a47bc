#!/usr/bin/env bash
# Looks for wrong values in dumps of optimised programs, with each of the given versions
# of Go; see .ci/optimised. First come generated programs, then twenty programs around
# well-known modules, which the Go module proxy must have. Takes about two minutes for each
# version on two idle cores, and the first time longer.
#
#	.ci/optimised.sh [VERSION]...     go1.26.8 and go1.27.3 if none is given
#
# PROGRAMS and SEED choose the generated programs; REAL=0 leaves out the others.
set -euo pipefail
cd "$(dirname "$0")/.."

[ $# -gt 0 ] || set -- go1.26.8 go1.27.3
for version; do
	echo "== $version"
	GOTOOLCHAIN=$version go run ./.ci/optimised -programs "${PROGRAMS:-8}" -seed "${SEED:-1}"
	[ "${REAL:-1}" = 0 ] || GOTOOLCHAIN=$version go run ./.ci/optimised -real .ci/optimised/real
done
