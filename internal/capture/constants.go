package capture

import (
	"encoding/json"
	"go/token"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"coredumpy/internal/corefile"
	"coredumpy/internal/debuginfo"
)

// Limits for package-level constants.
const (
	maxConstants        = 5000
	maxConstantPackages = 100 // that aren't of the main module
)

// packageConstants captures the package-level constants of integer types: those of the packages of the
// main module that have a frame on a stack, and the exported ones of the packages that the
// values' types are of.
func (c *capturer) packageConstants() {
	if c.p.Info == nil {
		return
	}
	own, others := c.constantPackages()
	left := max(len(others)-maxConstantPackages, 0)
	others = others[:len(others)-left]
	if left > 0 {
		c.note("packages whose constants are left out: %d", left)
	}
	left = 0
	for i, path := range slices.Concat(own, others) {
		for _, k := range c.p.Info.PackageConstants(path) {
			if (i < len(own) || token.IsExported(k.Name)) && !c.req.SecretName(k.Name) && !c.constant(path, k) {
				left++
			}
		}
	}
	if left > 0 {
		c.note("package-level constants that are left out: %d", left)
	}
	if left := c.walker.ConstantsLeft(); left > 0 {
		c.note("constants of types that are left out, as a type has more than a thousand: %d", left)
	}
}

// constantPackages returns the packages whose constants are wanted: those of the main module,
// and others.
func (c *capturer) constantPackages() (own, others []string) {
	for path := range c.packages {
		if c.ofMainModule(path) {
			own = append(own, path)
		}
	}
	for _, path := range c.walker.Packages() {
		if !slices.Contains(own, path) && !ofSystem(path) {
			others = append(others, path)
		}
	}
	slices.Sort(own)
	slices.Sort(others)
	return own, others
}

// ofSystem reports whether a package has constants for the system, which are thousands.
func ofSystem(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return first == "runtime" || first == "internal" || first == "syscall" ||
		strings.HasPrefix(path, "golang.org/x/sys/")
}

// constant captures a constant; ok is false if there are too many. One of a type of its own
// package is with the type.
func (c *capturer) constant(path string, k debuginfo.Constant) (ok bool) {
	t, err := c.p.DebugType(k.Type)
	if err != nil || t.Kind < reflect.Int || t.Kind > reflect.Uintptr {
		return true
	}
	typ, value := c.walker.TypeID(t), strconv.FormatInt(k.Value, 10)
	switch {
	case t.Name[:max(strings.LastIndexByte(t.Name, '.'), 0)] == path:
		return true
	case len(c.constants) == maxConstants:
		return false
	case t.Kind >= reflect.Uint:
		value = strconv.FormatUint(uint64(k.Value), 10)
	}
	c.constants = append(c.constants, &corefile.Variable{
		ID: len(c.constants) + 1, Name: path + "." + k.Name, Type: typ, Value: json.RawMessage(value),
	})
	return true
}
