#!/bin/bash
# Runs the suites of modules from the Go module proxy with and without coredumpy test:
# their output and exit status are the same, and there is no dump. Then a nil pointer is
# dereferenced in the code of each: that is dumped, with the variables around it. The
# toolchain is that of GOTOOLCHAIN.
#
#	.ci/alike.sh [DIR]     DIR keeps the modules; a temporary one if not given
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
work=${1:-$(mktemp -d)}
mkdir -p "$work"
work=$(cd "$work" && pwd)
(cd "$root" && go build -o "$work/coredumpy" ./cmd/coredumpy)
export GOFLAGS=-mod=mod
failed=0

complain() {
	echo "	WRONG: $*"
	failed=1
}

# normal NAME leaves out of the output of go test how long it took.
normal() { sed -E 's/\t[0-9.]+s( |$)/\tT\1/; s/\(cached\)/T/; s/\([0-9.]+s\)/(T)/' "$work/$1.out"; }

# suite MODULE@VERSION runs a copy of the module's suite, in $dir.
suite() {
	local cached plain=0 hooked=0
	cached=$(cd "$work" && go mod download -json "$1" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
	dir=$work/$(basename "${cached%@*}")
	chmod -R u+w "$dir" 2>/dev/null || true
	rm -rf "$dir" "$work/dumps"
	cp -r "$cached" "$dir"
	chmod -R u+w "$dir"
	cd "$dir"
	printf '\n%s, %s\n' "$1" "$(go env GOVERSION)"
	go test ./... >"$work/plain.out" 2>"$work/plain.err" || plain=$?
	"$work/coredumpy" test -dir "$work/dumps" ./... >"$work/hooked.out" 2>"$work/hooked.err" || hooked=$?
	printf '\t%d packages pass, exit status %d\n' "$(grep -c '^ok' "$work/plain.out")" "$plain"
	[ "$plain" = "$hooked" ] || complain "exit status $plain, and $hooked with coredumpy"
	normal plain >"$work/plain.normal"
	normal hooked | diff "$work/plain.normal" - || complain "other output, see above"
	[ "$plain" != 0 ] || [ ! -d "$work/dumps" ] || complain "dumps of a suite that passes"
}

# crash FILE FUNC TEST EXPR VALUE makes FUNC of FILE dereference a nil pointer at its
# end of signature, and runs TEST.
crash() {
	local file=$1 func=$2 test=$3 line dump
	sed -i "s/^func $func.*{\$/&\n\tvar injected *struct{ n int }\n\tinjected.n++/" "$file"
	line=$(grep -n 'injected.n++' "$file" | cut -d: -f1)
	rm -rf "$work/dumps"
	if "$work/coredumpy" test -dir "$work/dumps" -run "$test" . >"$work/hooked.out" 2>"$work/hooked.err"; then
		complain "the suite passes with a nil dereference"
	fi
	dump=$(ls "$work"/dumps/*.dump 2>/dev/null | head -n 1)
	[ -n "$dump" ] || { complain "no dump"; cat "$work/hooked.err"; return; }
	"$work/coredumpy" peek "$dump" | grep -q 'nil pointer dereference' || complain "another message"
	"$work/coredumpy" load -c bt "$dump" >"$work/bt"
	grep -q "/$file:$line\$" "$work/bt" || complain "no frame at $file:$line"
	number=$(grep -B1 "/$file:$line\$" "$work/bt" | sed -nE 's/^ *([0-9]+) .*/\1/p' | head -n 1)
	got=$("$work/coredumpy" load -c "frame $number" -c "p $4" "$dump" | tail -n 1)
	printf '\t%s:%s: %s = %s\n' "$file" "$line" "$4" "$got"
	[ "$got" = "$5" ] || complain "want $5"
}

suite go.uber.org/zap@v1.28.0
crash logger.go '(log \*Logger) Info(' '^TestLoggerAddCaller$' 'len(fields)' 0

suite github.com/tidwall/gjson@v1.20.3
crash gjson.go 'Get(json, path string)' '^TestBasic1$' 'path' '"loggy.programmers"'

suite github.com/go-playground/validator/v10@v10.30.6
crash baked_in.go 'isISBN10(' '^TestISBN10Validation$' 'injected == nil' true

exit $failed
