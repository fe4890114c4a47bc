package views

import (
	"cmp"
	"fmt"
	"reflect"
	"strings"

	"coredumpy/internal/caveat"
	"coredumpy/internal/dump"
)

// How package context keeps its layers: src/context/context.go, and os/signal's: src/os/signal/
// signal.go, Go 1.24 to 1.27.

func contextMaker(typ string) maker {
	switch typ {
	case "backgroundCtx", "todoCtx", "cancelCtx", "timerCtx", "valueCtx", "withoutCancelCtx", "afterFuncCtx",
		"stopCtx", "signalCtx":
		return ofContext
	}
	return nil
}

// layer is a context without those around it and in it.
type layer struct {
	value dump.Value
	path  string // from the outermost one
	text  string
	parts []part
}

// These bound how many layers of a context are read, and how many are named on a line.
const (
	maxLayers   = 1000
	layersNamed = 8
)

// ofContext shows a context as its layers: those that were added last come last, as in the text
// of its method String.
func ofContext(r *Reader, v dump.Value) (view View, ok bool) {
	layers, missing := r.layers(v)
	if len(layers) == 0 && missing.Kind == caveat.None {
		return view, false
	}
	var named []string
	for i := min(len(layers), layersNamed) - 1; i >= 0; i-- {
		named = append(named, layers[i].text)
	}
	if rest := len(layers) - len(named); rest > 0 || missing.Kind != caveat.None {
		named = append([]string{fmt.Sprintf("%d or more around it", max(rest, 1))}, named...)
	}
	if view.Text = strings.Join(named, " › "); len(layers) == 1 && len(layers[0].parts) == 0 {
		return View{Text: view.Text, Missing: missing}, true
	}
	view = View{Text: view.Text, Form: List, Len: len(layers), Missing: missing}
	view.Child = func(i int) Child { return layers[i].child() }
	return view, true
}

// layers returns the layers of a context, the outermost first, and why there may be others;
// neither if it is no context of a known type.
func (r *Reader) layers(v dump.Value) (layers []layer, missing caveat.Reason) {
	path := ""
	for len(layers) < maxLayers && r.left > 0 {
		r.left--
		l, parent, up, ok := r.layer(v)
		if !ok && len(layers) == 0 {
			return nil, missing
		}
		if !ok {
			l = layer{text: r.brief(v)}
			if !v.Valid() || v.Kind() == reflect.Invalid {
				return layers, cmp.Or(v.Reason(), notStored)
			}
		}
		l.value, l.path = v, path
		layers = append(layers, l)
		if up == "" {
			return layers, missing
		}
		if !parent.Valid() {
			return layers, cmp.Or(parent.Reason(), notStored)
		}
		of, more := dynamic(parent)
		v, path = of, path+up+more
	}
	return layers, caveat.Reason{Kind: caveat.TooMany}
}

func (l *layer) child() Child {
	view := named(l.text, l.parts)
	return Child{Value: l.value, View: &view, Path: l.path}
}

// layer reads the outermost layer of a context. The one around which it is is in parent, a
// field to which up leads; up is "" if there is none.
func (r *Reader) layer(v dump.Value) (l layer, parent dump.Value, up string, ok bool) {
	field := "Context"
	switch pkg, typ := splitName(v.Type().String()); pkg + "." + typ {
	case "context.backgroundCtx":
		return layer{text: "Background"}, parent, "", true
	case "context.todoCtx":
		return layer{text: "TODO"}, parent, "", true
	case "context.valueCtx":
		key, ok1 := fieldOf(v, "key")
		val, ok2 := fieldOf(v, "val")
		l.text, l.parts = fmt.Sprintf("value %s: %s", r.brief(key), r.brief(val)), []part{{"key", key}, {"val", val}}
		ok = ok1 && ok2
	case "context.cancelCtx":
		l, ok = r.cancelLayer(v, "can be cancelled")
	case "context.timerCtx":
		deadline, ok1 := fieldOf(v, "deadline")
		inner, ok2 := fieldOf(v, "cancelCtx")
		at, ok3 := r.Of(deadline)
		l, ok = r.cancelLayer(inner, "deadline "+at.Text)
		l.parts, ok = append(l.parts, part{"deadline", deadline}), ok && ok1 && ok2 && ok3
		field = "cancelCtx.Context"
	case "context.afterFuncCtx":
		inner, ok1 := fieldOf(v, "cancelCtx")
		f, ok2 := fieldOf(v, "f")
		l, ok = r.cancelLayer(inner, "AfterFunc")
		l.parts, ok = append(l.parts, part{"f", f}), ok && ok1 && ok2
		field = "cancelCtx.Context"
	case "context.withoutCancelCtx":
		l, ok, field = layer{text: "WithoutCancel"}, true, "c"
	case "context.stopCtx":
		l, ok = layer{text: "stop"}, true
	case "os/signal.signalCtx":
		signals, has := fieldOf(v, "signals")
		l, ok = layer{text: "until a signal", parts: []part{{"signals", signals}}}, has
	}
	if !ok {
		return l, parent, "", false
	}
	parent, ok = fieldAt(v, field)
	return l, parent, "." + field, ok
}

// fieldAt is at for a field of any kind, which may have no value.
func fieldAt(v dump.Value, names string) (field dump.Value, ok bool) {
	for name := range strings.SplitSeq(names, ".") {
		if v, ok = fieldOf(v, name); !ok {
			return v, false
		}
	}
	return v, true
}

// cancelLayer reads a context.cancelCtx. Its err was an error before Go 1.25, since then it is an
// atomic.Value.
func (r *Reader) cancelLayer(v dump.Value, what string) (l layer, ok bool) {
	err, ok1 := fieldOf(v, "err")
	cause, ok2 := fieldOf(v, "cause")
	if err.Kind() == reflect.Struct {
		err, ok1 = fieldOf(err, "v")
	}
	if !ok1 || !ok2 || !err.Valid() || err.Kind() != reflect.Interface {
		return l, false
	}
	l = layer{text: what}
	if err.IsNil() {
		return l, true
	}
	if what == "can be cancelled" {
		l.text = ""
	} else {
		l.text += ", "
	}
	l.text += "cancelled: " + r.brief(err)
	l.parts = []part{{"err", err}}
	if cause.Valid() && !cause.IsNil() && cause.Elem().Pointer() != err.Elem().Pointer() {
		l.text += " because of " + r.brief(cause)
		l.parts = append(l.parts, part{"cause", cause})
	}
	return l, true
}

// brief returns a value in a few words: its text if it is or has one, else its type.
func (r *Reader) brief(v dump.Value) string {
	of, _ := dynamic(v)
	if !of.Valid() {
		why := of.Reason()
		if why.Kind == caveat.Redacted {
			text, _ := wholeText(of)
			return cmp.Or(text, "(redacted)")
		}
		return "(" + cmp.Or(why, notStored).String() + ")"
	}
	const deepest = 2 // a forged context may be a value in itself
	_, typ := splitName(of.Type().String())
	if r.briefs++; r.briefs <= deepest && r.left > 0 && contextMaker(typ) == nil {
		r.left--
		view, ok := r.Of(of)
		if r.briefs--; ok && view.Text != "" {
			return view.Text
		}
	} else {
		r.briefs--
	}
	switch k := of.Kind(); {
	case k == reflect.String:
		text, _ := of.Text()
		return Quoted(text, r.longest, of.Len())
	case k == reflect.Bool:
		return fmt.Sprint(of.Bool())
	case k >= reflect.Int && k <= reflect.Int64:
		return cmp.Or(of.Type().Constant(of.Int()), fmt.Sprint(of.Int()))
	case k >= reflect.Uint && k <= reflect.Uintptr:
		return cmp.Or(of.Type().Constant(int64(of.Uint())), fmt.Sprint(of.Uint()))
	case (k == reflect.Interface || k == reflect.Pointer) && of.IsNil():
		return "nil"
	}
	return TypeName(of.Type())
}

// Layer returns the text of the outermost layer of a context, and the context around which it is,
// with what leads there in an expression: "" if it is around none. ok is false if v is no context
// that is known.
func (r *Reader) Layer(v dump.Value) (text string, around dump.Value, path string, ok bool) {
	_, typ := splitName(v.Type().String())
	if contextMaker(typ) == nil {
		return "", around, "", false
	}
	l, around, path, ok := r.layer(v)
	return l.text, around, path, ok
}
