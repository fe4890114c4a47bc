package procfs

import (
	"slices"
	"testing"
)

func TestParseMappings(t *testing.T) {
	got := ParseMappings(`7f0000001000-7f0000002000 rw-s 00003000 08:02 77                         /tmp/a name (deleted)
00400000-004b9000 r-xp 00001000 08:02 173521                             /usr/bin/two\012lines
c000000000-c000400000 rw-p 00000000 00:00 0 
c000400000-c004000000 ---p 00000000 00:00 0
7ffc0c2e8000-7ffc0c309000 rw-p 00000000 00:00 0                          [stack]
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]

2000-1000 rw-p 00000000 00:00 0
1000-2000 rw 00000000 00:00 0
1000-2000
x-y rw-p 00000000 00:00 0
1000-2000 rw-p 0 00:00 x
`)
	want := []Mapping{
		{Lo: 0x400000, Hi: 0x4b9000, Perms: "r-xp", Offset: 0x1000, Dev: "08:02", Inode: 173521,
			Path: "/usr/bin/two\nlines"},
		{Lo: 0xc000000000, Hi: 0xc000400000, Perms: "rw-p", Dev: "00:00"},
		{Lo: 0xc000400000, Hi: 0xc004000000, Perms: "---p", Dev: "00:00"},
		{Lo: 0x7f0000001000, Hi: 0x7f0000002000, Perms: "rw-s", Offset: 0x3000, Dev: "08:02", Inode: 77,
			Path: "/tmp/a name", Deleted: true},
		{Lo: 0x7ffc0c2e8000, Hi: 0x7ffc0c309000, Perms: "rw-p", Dev: "00:00", Path: "[stack]"},
		{Lo: 0xffffffffff600000, Hi: 0xffffffffff601000, Perms: "--xp", Dev: "00:00", Path: "[vsyscall]"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %+v,\nwant %+v", got, want)
	}
	for _, tt := range []struct {
		addr uint64
		want int // index, or -1
	}{
		{0, -1}, {0x3fffff, -1}, {0x400000, 0}, {0x4b8fff, 0}, {0x4b9000, -1},
		{0xc000400000, 2}, {0xffffffffff600fff, 5}, {0xffffffffff601000, -1}, {^uint64(0), -1},
	} {
		var want *Mapping
		if tt.want >= 0 {
			want = &got[tt.want]
		}
		if m := FindMapping(got, tt.addr); m != want {
			t.Errorf("%#x: got mapping %+v, want %+v", tt.addr, m, want)
		}
	}
	for i, want := range []string{"rp", "rwp", "p", "rw", "rwp", "p"} {
		m := &got[i]
		rights := ""
		if m.Readable() {
			rights += "r"
		}
		if m.Writable() {
			rights += "w"
		}
		if m.Private() {
			rights += "p"
		}
		if rights != want {
			t.Errorf("%s: got %q, want %q", m.Perms, rights, want)
		}
	}
}
