package notation

import "encoding/json"

// Form is a value as it is written, with its outermost level decoded.
type Form struct {
	Object *Value // the object form, nil for the short ones
	List   List   // elements, fields or entries
	Text   string
	IsText bool // there is a Text, which may be empty
}

// ParseForm decodes the outermost level of a value. It doesn't decode numbers, true, false
// and null.
func ParseForm(raw json.RawMessage) (f Form, err error) {
	switch {
	case len(raw) == 0:
	case raw[0] == '[':
		f.List, err = ParseList(raw)
	case raw[0] == '"':
		err = json.Unmarshal(raw, &f.Text)
		f.IsText = err == nil
	case raw[0] == '{':
		v := new(Value)
		if err = json.Unmarshal(raw, v); err != nil {
			break
		}
		f.Object = v
		switch {
		case v.Text != nil:
			f.Text, f.IsText = *v.Text, true
		case v.Bytes != nil:
			f.Text, f.IsText = string(v.Bytes), true
		}
		if string(v.Elems) != "null" {
			f.List, err = ParseList(v.Elems)
		}
	}
	if err != nil {
		return Form{}, err
	}
	return f, nil
}

// Forms remembers the forms of the long values in an object: many other values may refer to
// the object, and each is shown with its content.
type Forms struct {
	of map[*byte]Form // by where they are written
}

// longForm is the minimum length of a value whose form is remembered.
const longForm = 1024

// Parse is ParseForm for a value in the object. The value must stay where it is. A nil Forms
// remembers nothing.
func (f *Forms) Parse(raw json.RawMessage) (Form, error) {
	if f == nil || len(raw) < longForm {
		return ParseForm(raw)
	}
	if form, ok := f.of[&raw[0]]; ok {
		return form, nil
	}
	form, err := ParseForm(raw)
	if err == nil {
		if f.of == nil {
			f.of = map[*byte]Form{}
		}
		f.of[&raw[0]] = form
	}
	return form, err
}
