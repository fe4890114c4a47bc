package capture

import "reflect"

// Aborts reports whether a panic value is http.ErrAbortHandler, with which a handler of
// net/http ends the response. Aborts compares its text, so that programs needn't link
// net/http. The server doesn't accept an error that wraps it either.
func Aborts(value any) bool {
	t := reflect.TypeOf(value)
	if t == nil || t.Kind() != reflect.Pointer || t.Elem().PkgPath() != "errors" || t.Elem().Name() != "errorString" {
		return false
	}
	return value.(error).Error() == "net/http: abort Handler"
}
