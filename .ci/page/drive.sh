#!/usr/bin/env bash
# Drives pages that coredumpy html writes, in Debian's Chromium: search, values, jumps, keys alone,
# both themes, a narrow window, what waits for what, a hostile dump, 10,000 goroutines, a million
# objects; and axe-core looks for what people with a screen reader can't use. It leaves screenshots.
#
#	.ci/page/drive.sh [DIRECTORY]
#
# It needs go, root for apt-get unless chromium and npm are there, and the npm registry. It takes
# about 2 minutes. Everything goes to the directory, by default a new one.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=$(realpath "${1:-$(mktemp -d)}")
mkdir -p "$out"

for need in chromium npm; do
	command -v "$need" >/dev/null || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qqy "$need"; }
done
[ -d "$out/node_modules/axe-core" ] ||
	(cd "$out" && echo '{"private":true}' >package.json &&
		npm install --silent --ignore-scripts --no-audit --no-fund playwright-core@1.65.1 axe-core@4.11.4)

go build -o "$out/coredumpy" ./cmd/coredumpy
go build -gcflags='coredumpy/.ci/page/jam=-N -l' -o "$out/jam" ./.ci/page/jam
go build -o "$out/crowd" ./internal/benchtest/testdata/crowd
"$out/jam" "$out/jam.dump"
"$out/crowd" 10000 100000 "$out/crowd.dump" >"$out/crowd.log"
"$out/crowd" 10000 1000000 "$out/million.dump" >>"$out/crowd.log"
cp testdata/recorded/hostile.dump testdata/recorded/shop.dump testdata/recorded/cut.dump "$out"

for name in jam shop hostile cut crowd million; do
	begin=$(date +%s.%N)
	(cd "$out" && ./coredumpy html -f "$name.dump") >/dev/null
	awk -v name="$name" -v took="$(echo "$(date +%s.%N) $begin" | awk '{print $1 - $2}')" \
		-v dump="$(stat -c %s "$out/$name.dump")" -v page="$(stat -c %s "$out/$name.html")" \
		'BEGIN { printf "%s: %.1f s; dump %.2f MB, page %.2f MB\n", name, took, dump / 1e6, page / 1e6 }'
done
cp .ci/page/*.mjs "$out"
node "$out/drive.mjs" "$out"
