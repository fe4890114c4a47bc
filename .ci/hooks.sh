#!/bin/bash
# Tests the recovery hooks that coredumpy help frameworks shows for gin, grpc, echo and chi,
# and its middleware under http.TimeoutHandler, in programs outside this module: a handler
# panics, and there must be one dump, of that panic, which opens on the handler's line. The
# code that is shown replaces the comments in the programs of .ci/hooks that begin with
# SHOWN. GOTOOLCHAIN chooses the toolchain.
#
#	.ci/hooks.sh [DIR]     DIR keeps the programs; a temporary one if not given
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
work=${1:-$(mktemp -d)}
mkdir -p "$work"
work=$(cd "$work" && pwd)
(cd "$root" && go build -o "$work/coredumpy" ./cmd/coredumpy)
failed=0

complain() {
	echo "	WRONG: $*"
	failed=1
}

# shown NAME prints the Go code for NAME: a function, or what follows a comment, up to the
# next line of text.
shown() {
	awk -v name="$1" '
		/^    / {
			line = substr($0, 5)
			if (line ~ /^(\/\/|func) /) inside = line ~ "^(// |func )" name "([ ,(]|$)"
			if (inside) print line
		}
		/^[^ ]/ { inside = 0 }' "$root/cmd/coredumpy/help/frameworks.txt"
}

# program NAME MODULE@VERSION... builds .ci/hooks/NAME, in $dir.
program() {
	local name=$1 line code
	dir=$work/$name
	shift
	rm -rf "$dir"
	mkdir -p "$dir"
	while IFS= read -r line; do
		if [[ $line =~ ^[[:space:]]*//\ SHOWN:\ (.*) ]]; then
			code=$(shown "${BASH_REMATCH[1]}")
			[ -n "$code" ] || complain "no code is shown for ${BASH_REMATCH[1]}"
			line=$code
		fi
		printf '%s\n' "$line"
	done <"$root/.ci/hooks/$name/main.go" >"$dir/main.go"
	cd "$dir"
	{
		go mod init "example.com/$name"
		go mod edit -require=coredumpy@v0.0.0 -replace=coredumpy="$root"
		[ $# = 0 ] || go get "$@"
		go mod tidy
		go build -gcflags="example.com/$name/...=-N -l" -o "$name" .
	} >log 2>&1 || { cat log; complain "$name doesn't build"; return 1; }
	printf '\n%s, %s\n' "${*:-net/http}" "$(go env GOVERSION)"
}

# crash NAME HOW FUNC MESSAGE VALUE makes the handler FUNC panic. A note may say that its
# variables aren't used any more.
crash() {
	local name=$1 how=$2 func=$3 message=$4 value=$5 line got
	line=$(grep -n "// the .*$how" "$dir/main.go" | cut -d: -f1)
	rm -f ./*.dump
	"./$name" "$how" >out 2>&1 || { cat out; complain "exit status other than 0"; }
	set -- ./*.dump
	[ $# = 1 ] && [ -f "$1" ] || { cat out; complain "got $# dumps, want 1: $*"; return; }
	grep -qF "coredumpy load $PWD/${1#./}" out || { cat out; complain "its path isn't printed"; }
	"$work/coredumpy" peek "$1" >peek
	got=$("$work/coredumpy" load -c 'p panic' -c 'p key' -c 'p o' "$1" | grep -v '^(not used any more: ') || complain "load fails"
	printf '\t%s: %s\n' "$how" "$(sed -n 's/^ *\(.* at .*main.go:.*\)/\1/p' peek | head -n 1)"
	sed 's/^/\t\t/' <<<"$got"
	grep -qF "$message" peek || { cat peek; complain "the message isn't $message"; }
	grep -qF "at $func (" peek && grep -q "/main.go:$line)" peek || { cat peek; complain "it doesn't open at $func, line $line"; }
	[ "$(sed -n 1p <<<"$got")" = "$value" ] || complain "want $value"
	[ "$(sed -n 2p <<<"$got")" = '"/charge"' ] || complain 'want "/charge"'
	[ "$(sed -n 3p <<<"$got")" = '*main.order {limits: map[string]int nil}' ] || complain "want an order"
}

# kinds NAME FUNC [TYPE] tries three kinds of panics; TYPE is what the hook gets of a text.
kinds() {
	crash "$1" map "$2" 'assignment to entry in nil map' 'interface {}(runtime.plainError) "assignment to entry in nil map"'
	crash "$1" text "$2" 'no limits for /charge' "${3:-interface {\}(string) \"no limits for /charge\"}"
	crash "$1" error "$2" 'no limits: /charge' 'interface {}(*errors.errorString) *{s: "no limits: /charge"}'
}

program gin github.com/gin-gonic/gin@v1.12.0 && kinds gin main.charge
program grpc google.golang.org/grpc@v1.85.0 github.com/grpc-ecosystem/go-grpc-middleware/v2@v2.3.4 && kinds grpc 'main.(*server).Check'
# It turns a value that isn't an error into one.
program echo github.com/labstack/echo/v4@v4.16.4 && kinds echo main.charge 'interface {}(*errors.errorString) *{s: "no limits for /charge"}'
program chi github.com/go-chi/chi/v5@v5.5.0 && kinds chi main.charge
program timeout && kinds timeout main.charge

exit $failed
