package capture

import "reflect"

// Aborts reports whether a panic value is http.ErrAbortHandler, with which a handler of
// net/http ends the response. Package net/http isn't linked into programs that use this
// one, so that it is told by its text; the server takes no error that wraps it for it.
func Aborts(value any) bool {
	t := reflect.TypeOf(value)
	if t == nil || t.Kind() != reflect.Pointer || t.Elem().PkgPath() != "errors" || t.Elem().Name() != "errorString" {
		return false
	}
	return value.(error).Error() == "net/http: abort Handler"
}
