#!/usr/bin/env bash
# Checks the server of the Debug Adapter Protocol against others' work: run.sh DIRECTORY [DUMP...]
#
# A DebugClient of @vscode/debugadapter-testsupport walks through the recorded dumps, or through
# DUMPs, and every message of the server is validated against the protocol's JSON schema. It needs
# node 20, the npm registry and the Go module proxy; DIRECTORY keeps what it gets from there.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
dir=$(mkdir -p "${1:?usage: run.sh DIRECTORY [DUMP...]}" && cd "$1" && pwd)
shift
if [ ! -d "$dir/node_modules/ajv" ]; then
	(cd "$dir" && echo '{"private":true}' >package.json && npm install --ignore-scripts --no-audit --no-fund \
		@vscode/debugadapter-testsupport@1.68.0 ajv@8)
fi
if [ ! -f "$dir/debugProtocol.json" ]; then
	module=$(cd "$dir" && GOFLAGS=-mod=mod GOWORK=off go mod download -json github.com/google/go-dap@v0.12.0 |
		sed -n 's/.*"Dir": "\(.*\)",*$/\1/p')
	cp "$module/cmd/gentypes/debugProtocol.json" "$dir/debugProtocol.json"
fi
cd "$here/../.."
go build -o "$dir/coredumpy" ./cmd/coredumpy
[ $# -gt 0 ] || set -- testdata/recorded/*.dump testdata/recorded/format2/*.dump
NODE_PATH=$dir/node_modules timeout 600 node "$here/walk.js" "$dir/coredumpy" "$dir/debugProtocol.json" "$@"
