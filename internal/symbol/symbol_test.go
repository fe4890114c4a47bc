package symbol

import "testing"

func TestPackage(t *testing.T) {
	for name, want := range map[string]string{
		"main.main":                    "main",
		"main.(*T).Method":             "main",
		"net/http.(*conn).serve.func1": "net/http",
		"gopkg.in/yaml%2ev3.Unmarshal": "gopkg.in/yaml%2ev3",
		"main.F[go.shape.int]":         "main",
		"main.F[github.com/x/y.T]":     "main",
		"main.F[...]":                  "main",
		"a.b/c.F[d/e.T,f/g.U].func1":   "a.b/c",
		"_rt0_amd64_linux":             "",
		"":                             "",
	} {
		if got := Package(name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

func TestBase(t *testing.T) {
	for name, want := range map[string]string{
		"main.Equal":                             "Equal",
		"example.com/a.b/check.(*Asserts).Equal": "Equal",
		"check.Equal[...]":                       "Equal",
		"check.Equal[go.shape.int]":              "Equal",
		"check.(*Asserts[example.com/x.T]).Less": "Less",
		"check.(*Asserts[...]).Less":             "Less",
		"":                                       "",
	} {
		if got := Base(name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

func TestIsLiteral(t *testing.T) {
	for name, want := range map[string]bool{
		"main.run.func1": true, "main.run.func1.2": true, "main.(*T).f.func12": true, "net/http.(*Server).Serve.func3": true,
		"main.run": false, "main.func1x": false, "main.function": false, "main.(*T).f": false, "main.func": false, "": false,
	} {
		if got := IsLiteral(name); got != want {
			t.Errorf("%q: got %v, want %v", name, got, want)
		}
	}
}

func TestWrapper(t *testing.T) {
	for name, want := range map[string]bool{
		"main.main.deferwrap1":        true,
		"main.main.gowrap12":          true,
		"main.main.func1.deferwrap2":  true,
		"main.(*T).Close-fm":          true,
		"main.main":                   false,
		"main.deferwrapper":           false,
		"main.deferwrap":              false,
		"main.gowrap1a":               false,
		"example.com/deferwrap1.Open": false,
		"":                            false,
	} {
		if got := Wrapper(name); got != want {
			t.Errorf("%q: got %t, want %t", name, got, want)
		}
	}
}
