package capture

import (
	"reflect"
	"strings"

	"coredumpy/internal/gotypes"
	"coredumpy/internal/target"
)

// A program that uses package coredumpy says in coredumpy.Config what its dumps may show. What
// hides all text there counts, too, in a dump that another process takes: it is there for
// those whose rules allow no guess, whoever takes the dump.

// maxShown bounds how many names of Config.ShowText are read.
const maxShown = 1000

// heed hides all text if the process has set Config.HideText, but what it names in ShowText.
func (r *Request) heed(p *target.Process) {
	if r.ShowsText != nil || r.HideText == nil {
		return
	}
	for _, path := range p.Info.Packages() {
		if path != Face && path != "coredumpy" && !strings.HasSuffix(path, "/coredumpy") { // a copy of it
			continue
		}
		if hides, shown := ownConfig(p, path); hides {
			r.ShowsText = r.HideText(shown)
			r.Head.Notes = append(r.Head.Notes, "all text is hidden, as the program's own Config.HideText says")
			return
		}
	}
}

// ownConfig reads HideText and ShowText of the variable Config in a package of the process.
func ownConfig(p *target.Process, path string) (hides bool, shown []string) {
	addr, typ, err := p.Global(path + ".Config")
	if err != nil {
		return false, nil
	}
	t, err := p.DebugType(typ)
	if err != nil || t.Kind != reflect.Struct {
		return false, nil
	}
	for _, f := range t.Fields() {
		switch {
		case f.Type == nil || f.Indirect:
		case f.Name == "HideText" && f.Type.Kind == reflect.Bool:
			var b [1]byte
			hides = p.Mem.Read(b[:], addr+uint64(f.Offset)) == nil && b[0] != 0
		case f.Name == "ShowText" && f.Type.Kind == reflect.Slice && f.Type.Elem() != nil &&
			f.Type.Elem().Kind == reflect.String:
			shown = stringsAt(p, addr+uint64(f.Offset))
		}
	}
	return hides, shown
}

// stringsAt reads the []string at addr.
func stringsAt(p *target.Process, addr uint64) (all []string) {
	header, err := p.ReadPair(addr)
	if err != nil {
		return nil
	}
	for i := range min(header[1], maxShown) {
		s, err := p.ReadString(header[0]+i*stringSize, gotypes.MaxText)
		if err != nil {
			break
		}
		all = append(all, s)
	}
	return all
}

const stringSize = 16
