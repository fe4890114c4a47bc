#!/usr/bin/env bash
# Drives the extension in a real VS Code: drive.sh DIRECTORY [STEP,STEP...]
#
# DIRECTORY gets code-server (VS Code 1.100), playwright-core and, below shots, a picture of each
# step; what is there already is used again. It needs Debian, node 20, and a C++ compiler for
# code-server's native modules; nothing of it is needed to build or test coredumpy. The drive
# itself, what it looks at and what it expects, is in drive.js. FOLDER in the environment is a
# folder to open instead of one with the dumps that the steps need.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
dir=$(mkdir -p "${1:?usage: drive.sh DIRECTORY}" && cd "$1" && pwd)
port=${PORT:-18100}

install() {
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
		chromium fonts-dejavu-core ripgrep g++ make python3 >/dev/null
	mkdir -p "$dir/cs" "$dir/cli"
	# The install scripts fetch binaries from elsewhere: they don't run, and what is needed is built.
	(cd "$dir/cs" && echo '{"private":true}' >package.json &&
		npm install --ignore-scripts --no-audit --no-fund code-server@4.100.3)
	local code=$dir/cs/node_modules/code-server module gyp
	gyp="node $(npm root -g)/npm/node_modules/node-gyp/bin/node-gyp.js"
	(cd "$code/lib/vscode" && npm install --ignore-scripts --omit=dev --no-audit --no-fund)
	(cd "$dir/cs" && npm rebuild argon2 --build-from-source)
	for module in node-pty @vscode/spdlog native-watchdog; do
		(cd "$code/lib/vscode/node_modules/$module" && $gyp rebuild --nodedir=/usr --loglevel=error >/dev/null)
	done
	mkdir -p "$code/lib/vscode/node_modules/@vscode/ripgrep/bin"
	ln -sf "$(command -v rg)" "$code/lib/vscode/node_modules/@vscode/ripgrep/bin/rg"
	ln -sfn node_modules "$code/lib/vscode/node_modules.asar"
	(cd "$dir/cli" && echo '{"private":true}' >package.json &&
		npm install --ignore-scripts --no-audit --no-fund playwright-core@1.65.1)
}
[ -d "$dir/cli/node_modules/playwright-core" ] || install

work=$dir/work profile=$dir/profile
rm -rf "$work" "$profile" "$dir/shots"
mkdir -p "$work/bin" "$work/folder" "$work/many" "$profile/User" "$dir/shots"
cd "$here/../../.."
go build -o "$work/bin/coredumpy" ./cmd/coredumpy
export PATH=$work/bin:$PATH

cat >"$work/many/main.go" <<'GO'
package main

import "time"

type job struct {
	ID   int
	Name string
}

func worker(j *job, stop chan bool) {
	<-stop
}

func main() {
	stop := make(chan bool)
	for i := range 10_000 {
		go worker(&job{i, "job"}, stop)
	}
	time.Sleep(time.Second)
	panic("too many jobs")
}
GO
printf 'module example.com/many\n\ngo 1.24\n' >"$work/many/go.mod"

# makeDumps makes the demo's, whose source is on disk, one whose source isn't, and one of 10,000
# goroutines; and a file that is no dump.
makeDumps() {
	cp -r cmd/coredumpy/demo "$work/folder"
	cp testdata/recorded/shop.dump "$work/folder/elsewhere.dump"
	coredumpy demo -keep </dev/null >"$work/demo.log" 2>&1
	mv coredumpy_*.dump "$work/folder/demo.dump"
	(cd "$work/many" && GOFLAGS= coredumpy run . 2>"$work/many.log" || true)
	mv "$work"/many/*.dump "$work/folder/many.dump"
	echo 'no dump' >"$work/folder/other.dump"
}
[ -n "${FOLDER:-}" ] || makeDumps
folder=${FOLDER:-$work/folder}

cat >"$profile/User/settings.json" <<JSON
{ "workbench.startupEditor": "none", "security.workspace.trust.enabled": false, "telemetry.telemetryLevel": "off",
  "workbench.enableExperiments": false, "extensions.autoUpdate": false, "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true, "update.mode": "none", "workbench.tips.enabled": false, "git.enabled": false,
  "chat.commandCenter.enabled": false, "workbench.secondarySideBar.defaultVisibility": "hidden",
  "files.autoSave": "off", "files.readonlyInclude": { "**/*.go": true }, "editor.minimap.enabled": false,
  "files.simpleDialog.enable": true, "typescript.tsserver.enabled": false }
JSON
# A home of its own: nothing of the caller's profile is read or written.
cat >"$work/bin/code-server" <<SH
#!/bin/sh
export HOME=$profile GOPATH=$profile/go GOBIN= XDG_CONFIG_HOME=$profile/xdg XDG_DATA_HOME=$profile/xdg XDG_CACHE_HOME=$profile/xdg
exec node "$dir/cs/node_modules/code-server/out/node/entry.js" --user-data-dir "$profile" --extensions-dir "$profile/ext" "\$@"
SH
chmod +x "$work/bin/code-server"
mkdir -p "$profile/go/bin" && ln -s "$work/bin/coredumpy" "$profile/go/bin/" # a login shell may replace PATH
unset VSCODE_IPC_HOOK_CLI
coredumpy vscode code-server
export CS_DISABLE_GETTING_STARTED_OVERRIDE=1
code-server --bind-addr "127.0.0.1:$port" --auth none --disable-telemetry --disable-update-check \
	--disable-workspace-trust --disable-getting-started-override >"$dir/server.log" 2>&1 &
server=$!
trap 'kill $server 2>/dev/null; wait $server 2>/dev/null || true' EXIT
for _ in $(seq 150); do
	curl -fsS -o /dev/null "http://127.0.0.1:$port/healthz" 2>/dev/null && break
	sleep .2
done
NODE_PATH=$dir/cli/node_modules node "$here/drive.js" "http://127.0.0.1:$port/?folder=$folder" "$dir/shots" \
	"$profile/Machine/settings.json" "${@:2}"
