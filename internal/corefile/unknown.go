package corefile

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// A later version may write records of other kinds, and records with other members. Readers
// skip them, and name them to the user.

// Unknown is something in a file that this version doesn't know.
type Unknown struct {
	Record string // the kind of the records with this member, "" if it is a kind itself
	Name   string
	Count  int // how many records that were read have it
}

// String returns what to tell the user.
func (u Unknown) String() string {
	records := fmt.Sprintf("%d records", u.Count)
	if u.Count == 1 {
		records = "1 record"
	}
	switch u.Record {
	case "":
		return fmt.Sprintf("%s of a kind that this coredumpy doesn't know: %s", records, u.Name)
	case string(kindHead):
		return "member of the head that this coredumpy doesn't know: " + u.Name
	}
	return fmt.Sprintf("member of %s %s that this coredumpy doesn't know: %s", records, u.Record, u.Name)
}

// unknown counts what this version doesn't know.
type unknown struct {
	mu     sync.Mutex
	counts map[Unknown]int // without Count
}

// maxUnknown bounds how many names are remembered: a forged file may have millions.
const maxUnknown = 100

func (u *unknown) add(record, name string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.counts == nil {
		u.counts = map[Unknown]int{}
	}
	key := Unknown{Record: record, Name: name}
	if _, known := u.counts[key]; !known && len(u.counts) >= maxUnknown {
		key.Name = "others"
	}
	u.counts[key]++
}

// Unknown returns what this version doesn't know of what was read so far, kinds of records
// first. Opening a file reads the kinds of all records; reading a record reads its members.
func (f *File) Unknown() []Unknown {
	f.unknown.mu.Lock()
	defer f.unknown.mu.Unlock()
	all := make([]Unknown, 0, len(f.unknown.counts))
	for u, n := range f.unknown.counts {
		u.Count = n
		all = append(all, u)
	}
	slices.SortFunc(all, func(a, b Unknown) int {
		return cmp.Or(strings.Compare(a.Record, b.Record), strings.Compare(a.Name, b.Name))
	})
	return all
}

// unmarshal decodes a record, and notes members of it that this version doesn't know.
func (f *File) unmarshal(k kind, payload []byte, record any) error {
	more, err := unmarshal(payload, record)
	for _, name := range more {
		f.unknown.add(string(k), name)
	}
	return err
}

// unmarshal decodes a record, and returns the members of it that this version doesn't know.
func unmarshal(payload []byte, record any) (more []string, err error) {
	strict := json.NewDecoder(bytes.NewReader(payload))
	strict.DisallowUnknownFields()
	if err := strict.Decode(record); err == nil && len(bytes.TrimSpace(payload[strict.InputOffset():])) == 0 {
		return nil, nil
	}
	reflect.ValueOf(record).Elem().SetZero()
	if err := json.Unmarshal(payload, record); err != nil {
		return nil, inWords(err)
	}
	found := map[string]bool{}
	unknownMembers(payload, reflect.TypeOf(record), "", found)
	return slices.Sorted(maps.Keys(found)), nil
}

// unknownMembers finds the members of a JSON object, and of objects in it, that a type
// doesn't have. A member that is in several parts of a record counts once.
func unknownMembers(raw []byte, t reflect.Type, path string, found map[string]bool) {
	const maxName = 64
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	decodesItself := reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]())
	switch {
	case decodesItself || len(found) >= maxUnknown:
	case t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8:
		var elements []json.RawMessage
		json.Unmarshal(raw, &elements)
		for _, e := range elements {
			unknownMembers(e, t.Elem(), path, found)
		}
	case t.Kind() == reflect.Struct:
		var members map[string]json.RawMessage
		json.Unmarshal(raw, &members)
		fields := fieldsOf(t)
		for _, name := range slices.Sorted(maps.Keys(members)) {
			if field, ok := fields[strings.ToLower(name)]; ok {
				unknownMembers(members[name], field, path+name+".", found)
			} else if len(found) < maxUnknown {
				found[path+name[:min(len(name), maxName)]] = true
			}
		}
	}
}

// fieldTypes are what fieldsOf has returned.
var fieldTypes sync.Map

// fieldsOf returns the types of the fields that members are decoded into, by the members'
// names in lower case: package json minds no case.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	if known, ok := fieldTypes.Load(t); ok {
		return known.(map[string]reflect.Type)
	}
	fields := map[string]reflect.Type{}
	for _, f := range reflect.VisibleFields(t) {
		if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); tag != "" && tag != "-" {
			fields[strings.ToLower(tag)] = f.Type
		}
	}
	fieldTypes.Store(t, fields)
	return fields
}
