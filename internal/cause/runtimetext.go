package cause

import (
	"encoding/binary"
	"fmt"
	"runtime"
	"strconv"
	"strings"

	"coredumpy/internal/gotypes"
	"coredumpy/internal/symbol"
	"coredumpy/internal/target"
)

// This file makes the texts of the runtime's own errors (runtime/error.go).

// maxMethodName bounds the name of a method in an error.
const maxMethodName = 1 << 16

// maxCode bounds how much of a function's code is read.
const maxCode = 512

// The text of these errors is their first field: runtime/error.go.
var textFirst = map[string]string{
	"runtime.plainError": "", "runtime.plainErrorString": "",
	"runtime.errorString": "runtime error: ", "runtime.errorAddressString": "runtime error: ",
}

// number reads a field that is an integer or a bool.
func number(p *target.Process, t *gotypes.Type, at uint64, name string) (v int64, ok bool) {
	f, ok := t.Field(name)
	if !ok || f.Type.Size < 1 || f.Type.Size > gotypes.Word {
		return 0, false
	}
	b := make([]byte, gotypes.Word)
	err := p.Mem.Read(b[:f.Type.Size], at+uint64(f.Offset))
	return int64(binary.LittleEndian.Uint64(b)), err == nil
}

// boundsFormats are runtime.boundsErrorFmts, in the order of the codes
// (runtime/error.go, Go 1.24 to 1.27). %x is the index, %y the length.
var boundsFormats = []string{
	"index out of range [%x] with length %y",
	"slice bounds out of range [:%x] with length %y",
	"slice bounds out of range [:%x] with capacity %y",
	"slice bounds out of range [%x:%y]",
	"slice bounds out of range [::%x] with length %y",
	"slice bounds out of range [::%x] with capacity %y",
	"slice bounds out of range [:%x:%y]",
	"slice bounds out of range [%x:%y:]",
	"cannot convert slice with length %y to array or pointer to array with length %x",
}

// boundsNegative are runtime.boundsNegErrorFmts.
var boundsNegative = []string{
	"index out of range [%x]",
	"slice bounds out of range [:%x]",
	"slice bounds out of range [:%x]",
	"slice bounds out of range [%x:]",
	"slice bounds out of range [::%x]",
	"slice bounds out of range [::%x]",
	"slice bounds out of range [:%x:]",
	"slice bounds out of range [%x::]",
}

func boundsText(p *target.Process, t *gotypes.Type, at uint64) (string, bool) {
	x, ok1 := number(p, t, at, "x")
	y, ok2 := number(p, t, at, "y")
	signed, ok3 := number(p, t, at, "signed")
	code, ok4 := number(p, t, at, "code")
	if !ok1 || !ok2 || !ok3 || !ok4 || code < 0 || code >= int64(len(boundsFormats)) {
		return "", false
	}
	format, index := boundsFormats[code], strconv.FormatUint(uint64(x), 10)
	if signed != 0 {
		index = strconv.FormatInt(x, 10)
		if x < 0 && code < int64(len(boundsNegative)) {
			format = boundsNegative[code]
		}
	}
	return "runtime error: " + strings.NewReplacer("%x", index, "%y", strconv.FormatInt(y, 10)).Replace(format), true
}

// assertionText does what (*runtime.TypeAssertionError).Error does.
func assertionText(p *target.Process, t *gotypes.Type, at uint64) (string, bool) {
	name := func(field string) string {
		f, ok := t.Field(field)
		if !ok {
			return ""
		}
		addr, err := p.ReadWord(at + uint64(f.Offset))
		if err != nil || addr == 0 {
			return ""
		}
		if typ, err := p.RuntimeType(addr); err == nil {
			return symbol.ShortType(typ.Name)
		}
		return ""
	}
	iface, concrete, asserted := name("_interface"), name("concrete"), name("asserted")
	if iface == "" {
		iface = "interface"
	}
	missing := ""
	if f, ok := t.Field("missingMethod"); ok {
		missing, _ = p.ReadString(at+uint64(f.Offset), maxMethodName)
	}
	switch {
	case asserted == "":
		return "", false
	case concrete == "":
		return fmt.Sprintf("interface conversion: %s is nil, not %s", iface, asserted), true
	case missing != "":
		return fmt.Sprintf("interface conversion: %s is not %s: missing method %s", concrete, asserted, missing), true
	}
	return fmt.Sprintf("interface conversion: %s is %s, not %s", iface, concrete, asserted), true
}

// nilText is what the runtime prints for a nil panic value. There is one only with
// GODEBUG=panicnil=1: otherwise panic(nil) panics with a *runtime.PanicNilError.
const nilText = "nil"

// panicNilTexts are the results of (*runtime.PanicNilError).Error, the longer one since Go
// 1.27.
var panicNilTexts = []string{"runtime error: panic called with nil argument", "panic called with nil argument"}

// panicNilText returns the text that the method's code refers to.
func panicNilText(p *target.Process) (string, bool) {
	if p.Own {
		return (*runtime.PanicNilError)(nil).Error(), true
	}
	fn, ok := p.Info.FuncByName("runtime.(*PanicNilError).Error")
	if !ok {
		return "", false
	}
	code := make([]byte, min(fn.End-fn.Entry, maxCode))
	if p.Mem.Read(code, fn.Entry+p.Slide) != nil {
		return "", false
	}
	for _, addr := range addresses(p.Info.GOARCH(), code, fn.Entry+p.Slide) {
		for _, text := range panicNilTexts {
			if p.Holds(addr, []byte(text)) {
				return text, true
			}
		}
	}
	return "", false
}

// addresses returns the addresses that the code at pc computes from its own: those of
// constants and variables. amd64: LEAQ offset(PC), reg (Intel's manual, LEA). arm64:
// ADRP and ADD (Arm's manual, C6.2).
func addresses(goarch string, code []byte, pc uint64) (found []uint64) {
	if goarch == "arm64" {
		for i := 0; i+8 <= len(code); i += 4 {
			page, add := binary.LittleEndian.Uint32(code[i:]), binary.LittleEndian.Uint32(code[i+4:])
			if page&0x9f000000 == 0x90000000 && add&0xffc00000 == 0x91000000 && page&31 == add>>5&31 {
				pages := int64(int32((page>>5&0x7ffff<<2|page>>29&3)<<11)) >> 11
				found = append(found, uint64(int64((pc+uint64(i))&^0xfff)+pages<<12)+uint64(add>>10&0xfff))
			}
		}
		return found
	}
	for i := 0; i+7 <= len(code); i++ {
		if code[i]&^0x04 == 0x48 && code[i+1] == 0x8d && code[i+2]&0xc7 == 0x05 {
			found = append(found, pc+uint64(i)+7+uint64(int64(int32(binary.LittleEndian.Uint32(code[i+3:])))))
		}
	}
	return found
}
