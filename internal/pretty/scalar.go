package pretty

import (
	"reflect"
	"strconv"

	"coredumpy/internal/caveat"
	"coredumpy/internal/dump"
	"coredumpy/internal/views"
)

// scalar writes a value that holds no others.
func (p *printer) scalar(v dump.Value) {
	switch k := v.Kind(); k {
	case reflect.Bool:
		p.put(strconv.FormatBool(v.Bool()))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		p.integer(v, strconv.FormatInt(v.Int(), 10), v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		p.integer(v, strconv.FormatUint(v.Uint(), 10), int64(v.Uint()))
	case reflect.Float32:
		p.put(float(v.Float(), 32))
	case reflect.Float64:
		p.put(float(v.Float(), 64))
	case reflect.Complex64:
		p.putf("(%s + %si)", float(real(v.Complex()), 32), float(imag(v.Complex()), 32))
	case reflect.Complex128:
		p.putf("(%s + %si)", float(real(v.Complex()), 64), float(imag(v.Complex()), 64))
	case reflect.UnsafePointer:
		p.putf("unsafe.Pointer(%#x)", v.Pointer())
	case reflect.String:
		text, _ := v.Text()
		length := v.Len()
		if text == "" && length > 0 && v.Reason().Kind != caveat.None {
			p.noValue(v.Reason())
			return
		}
		if v.Redacted() {
			length = int64(len(text))
		}
		p.put(views.Quoted(text, p.opt.String, length))
		p.form(v)
		if !v.Redacted() {
			p.cut(v, min(p.opt.String, len(text)), len(text))
		}
	default:
		p.putf("(unknown %s)", p.typeName(v.Type()))
	}
}

// form writes what a secret looks like.
func (p *printer) form(v dump.Value) {
	if form := v.Form(); form != "" {
		p.put(" (" + p.name(form) + ")")
	}
}

// integer writes a number, with the name of its constant.
func (p *printer) integer(v dump.Value, number string, bits int64) {
	if name := v.Type().Constant(bits); name != "" {
		p.putf("%s (%s)", p.name(name), number)
		return
	}
	p.put(number)
}

func float(f float64, bits int) string { return strconv.FormatFloat(f, 'f', -1, bits) }
