package debuginfo

import (
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"testing"
)

// symbol returns the link-time address of a symbol of the sample.
func (s *sample) symbol(t *testing.T, name string) (addr uint64, ok bool) {
	t.Helper()
	all, err := symbols[s.os()](s.path)
	if err != nil {
		t.Fatal(err)
	}
	addr, ok = all[name]
	return addr, ok
}

// symbols reads the symbols of an executable, by system.
var symbols = map[string]func(path string) (map[string]uint64, error){
	"linux": func(path string) (map[string]uint64, error) {
		f, err := elf.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		all := map[string]uint64{}
		list, _ := f.Symbols() // it returns an error if there are none
		for _, s := range list {
			all[s.Name] = s.Value
		}
		return all, nil
	},
	"darwin": func(path string) (map[string]uint64, error) {
		f, err := macho.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		all := map[string]uint64{}
		if f.Symtab != nil {
			for _, s := range f.Symtab.Syms {
				all[s.Name] = s.Value
			}
		}
		return all, nil
	},
	"windows": func(path string) (map[string]uint64, error) {
		f, err := pe.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		all := map[string]uint64{}
		base := f.OptionalHeader.(*pe.OptionalHeader64).ImageBase
		for _, s := range f.Symbols {
			if s.SectionNumber > 0 {
				all[s.Name] = base + uint64(f.Sections[s.SectionNumber-1].VirtualAddress) + uint64(s.Value)
			}
		}
		return all, nil
	},
}
