package main

import (
	"fmt"
	"math"
	"reflect"

	"coredumpy"
	"coredumpy/internal/dump"
	"coredumpy/internal/pretty"
)

// likeness says how similar two values are.
type likeness uint8

const (
	unknown likeness = iota // one of them isn't known at all
	known                   // what is known of both is equal
	same                    // both are known completely and equal
	differs
)

// both returns the likeness of values that consist of two parts.
func both(a, b likeness) likeness {
	switch {
	case a == differs || b == differs:
		return differs
	case a == same && b == same:
		return same
	case a == unknown && b == unknown:
		return unknown
	}
	return known
}

func likenessIf(ok bool) likeness {
	if ok {
		return same
	}
	return differs
}

// maxDepth limits how far pointers are followed.
const maxDepth = 6

// equal compares a value with the true one. Addresses don't count.
func equal(got, want coredumpy.Value, depth int) likeness {
	if !got.Valid() {
		return unknown
	}
	if !want.Valid() || depth > maxDepth {
		return same // the true value isn't known
	}
	if got.Kind() != want.Kind() || got.IsNil() != want.IsNil() {
		return differs
	}
	if got.IsNil() || byBuild[got.Type().String()] {
		return same
	}
	switch got.Kind() {
	case reflect.Bool:
		return likenessIf(got.Bool() == want.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return likenessIf(got.Int() == want.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return likenessIf(got.Uint() == want.Uint())
	case reflect.Float32, reflect.Float64:
		return likenessIf(math.Float64bits(got.Float()) == math.Float64bits(want.Float()))
	case reflect.Complex64, reflect.Complex128:
		return likenessIf(got.Complex() == want.Complex())
	case reflect.String:
		a, _ := got.Text()
		b, _ := want.Text()
		return likenessIf(a == b)
	case reflect.Struct:
		all := same
		for i := range got.Type().NumField() {
			one := equal(got.Field(i), want.Field(i), depth+1)
			if i == 0 {
				all = one
			} else {
				all = both(all, one)
			}
		}
		return all
	case reflect.Slice, reflect.Array:
		return elements(got, want, depth)
	case reflect.Pointer, reflect.Interface:
		if got.Kind() == reflect.Interface && got.Elem().Type().String() != want.Elem().Type().String() {
			return differs
		}
		return both(same, equal(got.Elem(), want.Elem(), depth+1))
	case reflect.Map:
		return likenessIf(got.Len() == want.Len())
	}
	return same // functions and channels
}

// elements compares slices and arrays.
func elements(got, want coredumpy.Value, depth int) likeness {
	if got.Len() != want.Len() || got.Cap() >= 0 && got.Cap() != want.Cap() {
		return differs
	}
	all := same
	if got.Cap() < 0 && got.Kind() == reflect.Slice {
		all = known
	}
	for i := range min(got.Stored(), want.Stored()) {
		all = both(all, equal(got.Index(i), want.Index(i), depth+1))
	}
	return all
}

// byBuild are types whose values depend on how a program was built.
var byBuild = map[string]bool{"reflect.rtype": true, "internal/abi.Type": true, "internal/abi.RegArgs": true}

// show returns a value's text.
func show(v coredumpy.Value) string {
	text := pretty.String(dump.Value(v), pretty.Options{
		String: 100, Elements: 10, Depth: 4,
	})
	return fmt.Sprintf("%.300s", text)
}
