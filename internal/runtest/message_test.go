package runtest

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"coredumpy"
	"coredumpy/internal/longtest"
)

// The message is what the runtime prints, whoever makes the dump: the program itself, or
// coredumpy run, by its hook or by tracing the program.
func TestMessages(t *testing.T) {
	plain, hooked := built(t)
	list := execute(t, t.TempDir(), nil, filepath.Join(plain, "messages"))
	for _, kind := range strings.Split(strings.TrimSpace(list.out), "\n") {
		if !longtest.All() && !slices.Contains([]string{"failure", "generic", "joined", "named", "slice"}, kind) {
			continue
		}
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			want := printed(t, execute(t, t.TempDir(), nil, filepath.Join(plain, "messages"), kind).err)
			dir := t.TempDir()
			execute(t, dir, nil, filepath.Join(plain, "messages"), kind, "own")
			_, byHook := watch(t, nil, filepath.Join(hooked, "messages"), kind)
			_, byTrace := watch(t, nil, filepath.Join(plain, "messages"), kind)
			for _, dumps := range [][]string{{filepath.Join(dir, "own.dump")}, byHook, byTrace} {
				if len(dumps) != 1 {
					t.Fatalf("got dumps %q, want one", dumps)
				}
				core, err := coredumpy.Open(dumps[0])
				if err != nil {
					t.Fatal(err)
				}
				if got := core.Head().Message; got != want {
					t.Errorf("%s: got message %.300q, want %.300q", filepath.Base(dumps[0]), got, want)
				}
			}
		})
	}
}

var (
	// whatFollows matches what the runtime prints after the text of a panic that ends a
	// program.
	whatFollows = regexp.MustCompile(`(?s)\n\ngoroutine .*|\n\[signal .*`)
	// address matches what it prints for a value when it only knows the type.
	address = regexp.MustCompile(`^\((.*)\) 0x[0-9a-f]+$`)
)

// printed returns the text of the panic that the runtime has printed. If that is a type
// and an address, it returns the type.
func printed(t *testing.T, stderr string) string {
	t.Helper()
	text, ok := strings.CutPrefix(stderr, "panic: ")
	if !ok || !whatFollows.MatchString(text) {
		t.Fatalf("got %.300q, want a panic", stderr)
	}
	text = strings.ReplaceAll(whatFollows.ReplaceAllString(text, ""), "\n\t", "\n")
	return address.ReplaceAllString(text, "$1")
}
