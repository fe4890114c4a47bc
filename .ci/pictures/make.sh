#!/usr/bin/env bash
# Makes the pictures in README again: make.sh DIRECTORY
#
# It needs Linux and root. The program of coredumpy demo crashes in namespaces of its own, in
# /srv/shop on the host build-7, so that no path and no name in a picture is this machine's.
# DIRECTORY is that of the drive of the extension (cmd/coredumpy/vscode/drive.sh), which shows
# the dump in a VS Code; it says what it needs.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
dir=$(mkdir -p "${1:?usage: make.sh DIRECTORY}" && cd "$1" && pwd)
if [ -z "${PICTURES_INSIDE:-}" ]; then
	PICTURES_INSIDE=1 exec unshare -mu --propagation private "$0" "$dir"
fi
hostname build-7
mount -t tmpfs tmpfs /srv
mkdir /srv/bin /srv/shop /srv/coredumpy
mount --bind "$root" /srv/coredumpy
cd /srv/coredumpy
go build -o /srv/bin/coredumpy ./cmd/coredumpy
go build -o /srv/bin/pictures ./.ci/pictures
cp cmd/coredumpy/demo/*.go /srv/shop
cd /srv/shop
cat >go.mod <<'MOD'
module example.com/shop

go 1.24

require coredumpy v0.0.0

replace coredumpy => /srv/coredumpy
MOD
go build -gcflags='all=-N -l' -o /srv/bin/shop .
env -i PATH=/usr/bin:/bin HOME=/srv USER=app /srv/bin/shop /srv/shop 2>/srv/log || true
dump=$(cd /srv/shop && ls -- *.dump)

# session prints what a terminal of 92 columns shows.
session() {
	printf '\033[2m$\033[0m coredumpy load %s\n' "$dump"
	for command in list locals 'p a.Customer' 'bt'; do
		printf '\033[1m(coredumpy)\033[0m %s\n' "$command"
		TERM=xterm-256color script -qec "stty cols 92; /srv/bin/coredumpy load -c '$command' $dump" /dev/null </dev/null | head -n 14
	done
}
session | /srv/bin/pictures terminal >"$root/.github/prompt.svg"

mv "$dump" shop.dump
FOLDER=/srv/shop "$root/cmd/coredumpy/vscode/drive.sh" "$dir" picture
/srv/bin/pictures palette <"$dir/shots/picture.png" >"$root/.github/vscode.png"
ls -l "$root/.github/prompt.svg" "$root/.github/vscode.png"
if grep -aF -e "$root" -e "$dir" "$root/.github/prompt.svg"; then
	echo "a path of this machine is in the picture" >&2
	exit 1
fi
