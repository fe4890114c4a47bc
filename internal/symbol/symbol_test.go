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

func TestUnescaped(t *testing.T) {
	for name, want := range map[string]string{
		"main.T":                            "main.T",
		"gopkg.in/yaml%2ev3.Unmarshal":      "gopkg.in/yaml.v3.Unmarshal",
		"pair[gopkg.in/yaml%2ev3.Node,int]": "pair[gopkg.in/yaml.v3.Node,int]",
		"map[a/b%2ec.K]a/b%2ec.V":           "map[a/b.c.K]a/b.c.V",
		"T[a/b%2ec.X,d%22e.Y]":              `T[a/b.c.X,d"e.Y]`,
		"100%":                              "100%",
		"%2":                                "%2",
		"x%2e":                              "x.",
		"%zz%2e":                            "%zz.",
		"%252e":                             "%2e",
		`struct { A int "x:\"%2e\"" }`:      `struct { A int "x:\"%2e\"" }`,
	} {
		if got := Unescaped(name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

func TestShortType(t *testing.T) {
	for name, want := range map[string]string{
		"int": "int", "net/http.Header": "http.Header", "map[a/b.K]*c/d/e.V": "map[b.K]*e.V",
		"a.T[b/c.X,d/e.Y]": "a.T[c.X,e.Y]", "func(gopkg.in/yaml.v3.Node) error": "func(yaml.v3.Node) error",
		"struct { A a/b.T; B []c/d.U }": "struct { A b.T; B []d.U }", "<-chan a/b.T": "<-chan b.T", "": "",
	} {
		if got := ShortType(name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

func TestBareType(t *testing.T) {
	for name, want := range map[string]string{
		"int": "int", "net/http.Header": "Header", "map[a/b.K]*c/d/e.V": "map[K]*V", "a.T[b/c.X, d/e.Y]": "T[X,Y]",
		"<-chan a/b.T": "<-chanT", "<-chan T": "<-chanT", "func(gopkg.in/yaml%2ev3.Node) error": "func(Node)error", "": "",
	} {
		if got := BareType(name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

func TestSameName(t *testing.T) {
	for _, tt := range []struct {
		short, full string
		want        bool
	}{
		{"money.Price", "example.com/money/v2.Price", true},
		{"v2.Price", "example.com/money/v2.Price", true},
		{"yaml.Node", "gopkg.in/yaml%2ev3.Node", true},
		{"http.Header", "net/http.Header", true},
		{"http.Header", "net/http.Client", false},
		{"money.Price", "example.com/other/v2.Price", false},
		{"int", "int", true},
		{"int", "a.int", false},
	} {
		if got := SameName(tt.short, tt.full); got != tt.want {
			t.Errorf("%s, %s: got %t, want %t", tt.short, tt.full, got, tt.want)
		}
	}
}

func TestInDirectory(t *testing.T) {
	for _, tt := range []struct {
		pkg, dir string
		want     bool
	}{
		{"reflect", "/go/src/reflect", true},
		{"reflect", "reflect", true},
		{"reflect", "/go/src/internal/reflectlite", false},
		{"internal/abi", "/go/src/internal/abi", true},
		{"abi", "/go/src/internal/abi", true}, // as far as names say
		{"example.com/shape", "/mod/example.com/shape@v1.2.0", true},
		{"example.com/shape/v2/circle", "/mod/example.com/shape/v2@v2.0.1/circle", true},
		{"example.com/shape%2ev2", "/mod/example.com/shape.v2@v2.0.1", true},
		{"example.com/shape", "/mod/example.com/shape@v1.2.0/circle", false},
		{"main", "/anywhere", true},
	} {
		if got := InDirectory(tt.pkg, tt.dir); got != tt.want {
			t.Errorf("package %s in %s: got %t, want %t", tt.pkg, tt.dir, got, tt.want)
		}
	}
}
