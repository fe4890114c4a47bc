#!/bin/bash
# Runs the suites of modules from the Go module proxy with and without coredumpy test.
# Output and exit status must be the same, and a suite that passes must leave no dump. If
# the output differs between two runs without coredumpy as well (addresses, temporary
# files, the order of a map), only the verdicts must be the same: the lines of go test
# about each package and test. If those differ, too, one of the two runs must have the
# verdicts of the run with coredumpy. Then a nil pointer is dereferenced in the code of
# each module: the dump must open there, with the variables around it. GOTOOLCHAIN chooses
# the toolchain.
#
#	.ci/alike.sh [DIR [NAME...]]
#
# DIR keeps the modules, a temporary one if it isn't given or empty; NAME is one of those
# below, all if none is given.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
all=(zap gjson validator fx objx copystructure go-multierror zerolog gopher-lua afero gin bbolt raft)
work=${1:-$(mktemp -d)}
shift $(($# > 0))
mkdir -p "$work"
work=$(cd "$work" && pwd)
(cd "$root" && go build -o "$work/coredumpy" ./cmd/coredumpy)
export GOFLAGS=-mod=mod
failed=0

complain() {
	echo "	WRONG: $*"
	failed=1
}

# normal NAME prints the output of go test without times.
normal() { sed -E 's/\t[0-9.]+s( |$)/\tT\1/; s/\(cached\)/T/; s/\([0-9.]+s\)/(T)/' "$work/$1.out"; }

# verdicts NAME prints what go test says about each package and each test that fails.
verdicts() { normal "$1" | grep -E '^ *(ok|FAIL|\?|---) ?\s' | sort; }

# plain and hooked NAME ARGUMENT... run go test with and without coredumpy, whose flags
# are in $flags, and set $status.
plain() {
	status=0
	go test "${@:2}" >"$work/$1.out" 2>"$work/$1.err" || status=$?
}

hooked() {
	status=0
	rm -rf "$work/dumps"
	"$work/coredumpy" test -dir "$work/dumps" "${flags[@]}" "${@:2}" >"$work/$1.out" 2>"$work/$1.err" || status=$?
}

# suite MODULE@VERSION [ARGUMENT...] runs a copy of the module's suite, in $dir, with those
# arguments of go test.
suite() {
	local module=$1 cached want
	shift
	[ $# != 0 ] || set -- ./...
	cached=$(cd "$work" && go mod download -json "$module" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
	dir=$work/$(basename "${module%@*}")
	chmod -R u+w "$dir" 2>/dev/null || true
	rm -rf "$dir"
	cp -r "$cached" "$dir"
	chmod -R u+w "$dir"
	cd "$dir"
	printf '\n%s, %s: go test %s\n' "$module" "$(go env GOVERSION)" "$*"
	plain plain "$@"
	want=$status
	hooked hooked "$@"
	printf '\t%d packages pass, %d fail, exit status %d\n' \
		"$(grep -c '^ok' "$work/plain.out")" "$(grep -cE '^FAIL\s' "$work/plain.out")" "$want"
	alike "$want" "$status" "$@"
	[ "$want" != 0 ] || [ ! -d "$work/dumps" ] || complain "dumps of a suite that passes"
}

# alike STATUS HOOKED ARGUMENT... compares exit status and output of the two runs. If they
# differ it also compares those of a third run, without coredumpy.
alike() {
	local want=$1 got=$2
	shift 2
	[ "$want" != "$got" ] || ! diff <(normal plain) <(normal hooked) >/dev/null || return 0
	plain again "$@"
	if [ "$want" = "$got" ] && ! cmp -s <(normal plain) <(normal again) && cmp -s <(verdicts plain) <(verdicts hooked); then
		printf '\tprints something else each time: the verdicts are the same\n'
	elif [ "$got" = "$status" ] && ! cmp -s <(verdicts plain) <(verdicts again) && cmp -s <(verdicts again) <(verdicts hooked); then
		printf '\tflaky: a second run without coredumpy has the verdicts of that with it, the first has others\n'
	else
		diff <(normal plain) <(normal hooked) || true
		complain "exit status $want, and $got with coredumpy; other output, see above"
	fi
}

# crash FILE LINE TEST EXPR VALUE... dereferences a nil pointer after that line of FILE,
# and runs TEST. Each EXPR is a local or an argument there, or a part of one.
crash() {
	local file=$1 after=$2 test=$3 at line dump name got
	shift 3
	at=$(grep -nxF -- "$after" "$file" | head -n 1 | cut -d: -f1)
	[ -n "$at" ] || { complain "$file has no line $after"; return; }
	cp "$file" "$work/before"
	line=$((at + 2))
	sed -i "${at}a\\var injected *struct{ n int }\ninjected.n++" "$file"
	hooked hooked -run "$test" "./$(dirname "$file")"
	cp "$work/before" "$file"
	[ "$status" != 0 ] || complain "the suite passes with a nil dereference"
	dump=$(ls "$work"/dumps/*.dump 2>/dev/null) || { complain "no dump"; cat "$work/hooked.out" "$work/hooked.err"; return; }
	[ "$(wc -l <<<"$dump")" = 1 ] || complain "several dumps:" $dump
	dump=$(head -n 1 <<<"$dump")
	"$work/coredumpy" peek "$dump" >"$work/peek"
	sed -nE 's/^ *(at .*)/\t\1/p' "$work/peek" | head -n 1
	grep -q 'nil pointer dereference' "$work/peek" || complain "another message"
	grep -qE "^ *at .*/$file:$line\)" "$work/peek" || complain "it doesn't open at $file:$line"
	"$work/coredumpy" load -c locals -c args "$dump" >"$work/locals"
	while [ $# != 0 ]; do
		name=${1#len(}
		name=${name%%[.) ]*}
		grep -q "^ *$name = " "$work/locals" || complain "$name isn't among the locals and arguments"
		got=$("$work/coredumpy" load -c "p $1" "$dump" 2>&1 | head -n 1)
		printf '\t\t%s = %s\n' "$1" "$got"
		[ "$got" = "$2" ] || complain "want $2"
		shift 2
	done
}

zap() {
	suite go.uber.org/zap@v1.28.0
	crash logger.go 'func (log *Logger) Info(msg string, fields ...Field) {' '^TestLoggerAddCaller$' msg '""' 'len(fields)' 0
}

gjson() {
	suite github.com/tidwall/gjson@v1.20.3
	crash gjson.go 'func Get(json, path string) Result {' '^TestBasic1$' path '"loggy.programmers"'
}

validator() {
	suite github.com/go-playground/validator/v10@v10.30.6
	crash baked_in.go 'func isISBN10(fl FieldLevel) bool {' '^TestISBN10Validation$' 'injected == nil' true
}

# Its tests depend on inlining; which locals that leaves depends on the version.
fx() {
	local flags=(-O)
	suite go.uber.org/fx@v1.24.0
	crash module.go $'\tfuncName := fxreflect.FuncName(p.Target)' '^TestNewApp$' m.name '""' p.IsSupply false
}

objx() {
	suite github.com/stretchr/objx@v0.8.0
	crash accessors.go $'\tthisSel, nextSel := getKey(selector)' '^TestAccessorsAccessGetSingleField$' selector '"name"' thisSel '"name"' nextSel '""'
}

copystructure() {
	suite github.com/mitchellh/copystructure@v1.2.0
	crash copystructure.go $'\t// deeper so that its own fields can be modified.' '^TestCopy_struct$' w.depth 2 s.flag 153 v.flag 22
}

go-multierror() {
	suite github.com/hashicorp/go-multierror@v1.1.1
	crash append.go $'\t\tfor _, e := range errs {' '^TestAppend_Error$' e 'error(*errors.errorString) *{s: "bar"}' errs '[]error len: 1, cap: 1, [*errors.errorString {s: "bar"}]' err.Errors '[]error len: 1, cap: 1, [*errors.errorString {s: "foo"}]'
}

# Its package journald fails on a system without journald.
zerolog() {
	suite github.com/rs/zerolog@v1.35.1
	crash event.go 'func (e *Event) Str(key, val string) *Event {' '^TestInfo$' key '"level"' val '"info"' e.level 'InfoLevel (1)'
}

# Compile recovers, and panics again.
gopher-lua() {
	suite github.com/yuin/gopher-lua@v1.1.2
	crash compile.go $'\tsreg := savereg(ec, reg)' '^TestGlua$' reg 0 sreg 0
}

afero() {
	suite github.com/spf13/afero@v1.15.0
	crash memmap.go $'\tfile := mem.CreateFile(name)' '^TestRacingDeleteAndClose$' name '"testfile"' file.name '"testfile"'
}

gin() {
	suite github.com/gin-gonic/gin@v1.12.0
	crash context.go 'func (c *Context) Set(key any, value any) {' '^TestContextSetGet$' key 'interface {}(string) "foo"' value 'interface {}(string) "bar"'
}

# Packages that need gofail in the source, or root and a device mapper, are left out.
bbolt() {
	suite go.etcd.io/bbolt@v1.5.0 -short . ./cmd/... ./internal/...
	crash bucket.go $'\tk, _, flags := c.seek(newKey)' '^TestBucket_Put$' key '[]uint8 len: 7, cap: 7, [119,105,100,103,101,116,115]' 'len(newKey)' 7 flags 0
}

# The whole suite takes minutes, and many of its tests fail now and then as root or on a
# busy machine.
raft() {
	suite github.com/hashicorp/raft@v1.8.0 -short -run 'Configuration|Commitment|LogCache|InmemTransport|TCPTransport|InmemSnapshot|NetworkTransport_(StartStop|Heartbeat|RequestVote|InstallSnapshot)|FileSnapshot|TestRaft_(StartStop|SingleNode|TripleNode)$' .
	crash raft.go $'\t\tlastIdx, lastTerm := r.getLastEntry()' '^TestRaft_TripleNode$' r.protocolVersion 3 lastIdx 1
}

[ $# != 0 ] || set -- "${all[@]}"
for name; do
	[[ " ${all[*]} " = *" $name "* ]] || { echo "no module $name: name one of ${all[*]}" >&2; exit 2; }
	flags=()
	"$name"
done
exit $failed
