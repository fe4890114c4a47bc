#!/bin/bash
# Runs the tests of well-known modules, from the Go module proxy, under coredumpy
# run: they must do as without it, leave no dump, and take about as long. Then one
# assertion deep in each is made to fail: its dump must have the variables.
#
#	.ci/suites.sh [DIR]     DIR keeps the modules; a temporary one if not given
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
work=${1:-$(mktemp -d)}
mkdir -p "$work"
work=$(cd "$work" && pwd)
coredumpy=$work/coredumpy
(cd "$root" && go build -o "$coredumpy" ./cmd/coredumpy)
export GOFLAGS=-mod=mod
failed=0

complain() {
	echo "	WRONG: $*"
	failed=1
}

# fetch MODULE@VERSION [ROUNDS] puts a writable copy into $dir. Its tests are timed
# over that many rounds: in most modules one round is too short.
fetch() {
	local cached
	cached=$(cd "$work" && go mod download -json "$1" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
	dir=$work/$(basename "${1%@*}")
	rm -rf "$dir"
	cp -r "$cached" "$dir"
	chmod -R u+w "$dir"
	tests=(./...) rounds=${2:-1}
	printf '\n%s\n' "$1"
}

# seconds COMMAND... prints how long it takes; its output goes to $work/out.
seconds() {
	local start=$EPOCHREALTIME
	"$@" >"$work/out" 2>"$work/err" || echo "status $?" >>"$work/err"
	awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.2f\n", b - a }'
}

median() { sort -n | sed -n 2p; }

# normal prints the output of go test without times.
normal() { sed -E 's/\t[0-9.]+s( |$)/\tT\1/; s/\(cached\)/T/' "$work/out"; }

# ran prints how long the test binaries of $work/out have run in all, without the
# time in which go test links them, which is longer with debug information.
ran() { awk -F'\t' '$1 == "ok  " { sub("s.*", "", $3); sum += $3 } END { printf "%.2f\n", sum }' "$work/out"; }

# difference NAME PLAIN HOOKED prints two times.
difference() { awk -v n="$1" -v p="$2" -v h="$3" 'BEGIN { printf "\t%s: plain %.2f s, coredumpy %.2f s: %+.0f %%\n", n, p, h, (h / p - 1) * 100 }'; }

# compare [FLAG] runs the tests with and without coredumpy, in turn and three times
# each, once everything is compiled, and prints the medians.
compare() {
	local i name
	local -A all
	cd "$dir"
	rm -rf "$work/dumps"
	seconds go test "${tests[@]}" >/dev/null
	normal >"$work/plain"
	seconds "$coredumpy" run -dir "$work/dumps" "$@" go test "${tests[@]}" >/dev/null
	normal | diff "$work/plain" - || complain "other output, see above"
	[ ! -s "$work/err" ] || { cat "$work/err"; complain "something on standard error"; }
	for i in 1 2 3; do
		all[plain]+="$(seconds go test -count="$rounds" "${tests[@]}") "
		all[ran]+="$(ran) "
		all[hooked]+="$(seconds "$coredumpy" run -dir "$work/dumps" "$@" go test -count="$rounds" "${tests[@]}") "
		all[hookedran]+="$(ran) "
		[ ! -s "$work/err" ] || { cat "$work/err"; complain "something on standard error"; }
	done
	for name in "${!all[@]}"; do
		all[$name]=$(xargs -n 1 <<<"${all[$name]}" | median)
	done
	difference "go test -count=$rounds${*:+, $*}" "${all[plain]}" "${all[hooked]}"
	difference "  without the linker" "${all[ran]}" "${all[hookedran]}"
	if [ -d "$work/dumps" ]; then
		"$coredumpy" peek "$work"/dumps/*
		complain "got dumps, want none"
	fi
	cd "$work"
}

# inject TEST FILE SED changes a test with a sed script; then there must be one dump
# of TEST, $dump.
inject() {
	local test=$1 file=$2 script=$3
	cp "$dir/$file" "$work/before"
	sed -i -E "$script" "$dir/$file"
	! cmp -s "$work/before" "$dir/$file" || complain "$file is as before"
	rm -rf "$work/dumps"
	if (cd "$dir" && "$coredumpy" run -dir "$work/dumps" go test "${tests[@]}" >"$work/out" 2>"$work/err"); then
		complain "the tests pass"
	fi
	set -- "$work"/dumps/*.dump
	dump=$1
	[ $# = 1 ] && [ -f "$dump" ] || { cat "$work/out" "$work/err"; complain "got $# dumps, want 1"; return; }
	"$coredumpy" peek "$dump" | sed -n 's/^    /\t/; 2,5p'
	"$coredumpy" peek "$dump" | grep -qF "test failure: $test: " || complain "it isn't of $test"
}

# want EXPR VALUE wants an expression's value in the top frame of the dump; a note
# may follow.
want() {
	local got
	got=$("$coredumpy" load -c "p $1" "$dump" 2>&1 | sed -n 1p) || true
	printf '\t%s = %s\n' "$1" "$got"
	[ "$got" = "$2" ] || complain "want $2"
}

fetch github.com/google/go-cmp@v0.7.0 10
compare
compare -O
inject TestDifference/#07 cmp/internal/diff/diff_test.go '/^func testStrings/,/^}/ s/^\t\treturn compareByte.*/\t\tif x+y == "@##" \&\& ix == 1 {\n\t\t\tt.Errorf("injected at %d, %d", ix, iy)\n\t\t}\n&/'
want x '"@#"'
want y '"#"'
want ix 1

fetch github.com/spf13/cobra@v1.10.2 10
tests+=(-skip='^TestFail') # they fail as root, which may write everywhere
compare
compare -O
inject TestFlagCompletionInGo completions_test.go '/^func TestFlagCompletionInGo\(/,/^}/ s/^\t\treturn completions, ShellCompDirectiveDefault$/\t\tt.Errorf("injected: %q", completions)\n&/'
want completions '[]string len: 3, cap: 4, ["1\tThe first","2\tThe second","10\tThe tenth"]'
want toComplete '""'
want cmd.Use '"root"'

fetch github.com/gorilla/mux@v1.8.1 50
compare
compare -O
inject 'TestMiddlewareExecution/responds_with_handler_and_middleware_response' middleware_test.go '/^func TestMiddlewareExecution\(/,/^}/ s/^\t\t\t\t_, err := w.Write\(mwStr\)$/&\n\t\t\t\tt.Errorf("injected: %v", err)/'
want r.URL.Path '"/"'
want r.Method '"GET"'
want len\(mwStr\) 11
want err 'error nil'

fetch github.com/yuin/goldmark@v1.8.7 5
compare
compare -O
inject TestWalk ast/ast_test.go 's/^\t+kinds = append\(kinds, n.Kind\(\)\)$/&\n\t\t\tif len(kinds) == 3 \&\& len(tt.action) == 0 {\n\t\t\t\tt.Errorf("injected: %v", kinds)\n\t\t\t}/'
want tt.name '"visits all in depth first order"'
want len\(kinds\) 3
want entering true

fetch github.com/prometheus/common@v0.67.5
compare
compare -O
inject TestTextParse expfmt/text_parse_test.go '/^func testTextParse\(/,/^}/ s/^\t\t\tgot, ok := out\[expected.GetName\(\)\]$/&\n\t\t\tif i == 2 \&\& *expected.Name == "name2" {\n\t\t\t\tt.Fatalf("injected: %v", got)\n\t\t\t}/'
want i 2
want ok true
want '*expected.Name' '"name2"'
want 'out["name2"].Name == got.Name' true

fetch github.com/sirupsen/logrus@v1.9.3 3
compare
compare -O
inject TestEntryWithContextCopiesData entry_test.go '/^func TestEntryWithContextCopiesData\(/,/^}/ s/assert.Equal\("childValue", val\)/assert.Equal("otherValue", val)/'
want exists true
want 'val' 'interface {}(string) "childValue"'
want 'parentEntry.Data["parentKey"].(string)' '"parentValue"'

# Its tests make other tests fail.
fetch github.com/stretchr/testify@v1.12.1
tests=(./mock ./require ./suite -skip='Recover|Require|Logging|Failfast|Panic|Stats|Signature')
compare
compare -O
inject TestRunSuite/TestOne suite/suite_test.go 's/^\tsuite.Equal\(suite.TestOneRunCount, beforeCount\+1\)$/\tsuite.Equal(suite.TestOneRunCount, beforeCount+2)/'
want beforeCount 0
want suite.TestOneRunCount 1
want 'suite.SuiteNameBefore[0]' '"SuiteTester"'

exit $failed
