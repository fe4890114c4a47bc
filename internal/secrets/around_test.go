package secrets

import (
	"strings"
	"testing"
)

// What looks public, or like ports, around a secret doesn't show it.
func TestNotShown(t *testing.T) {
	key := "ghp_" + strings.Repeat("x7Q2wK9zLm", 4)[:36]
	for _, text := range []string{
		"foo -p Xk29fLq81mZ7",
		"order 1234 4111 1111 1111 1111",
		"sha512-" + key,
		"-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUQ\n" + key,
	} {
		got := New(Rules{HideSecret: true}).Text(text)
		if i := strings.LastIndexAny(text, " -\n"); strings.Contains(got, text[i+1:]) {
			t.Errorf("got %q of %q, want the secret hidden", got, text)
		}
	}
	for _, text := range []string{"docker run -p 8080:80 x", "docker run -p 127.0.0.1:8080:80/tcp x", "foo -p 8080 x"} {
		if got := New(Rules{HideSecret: true}).Text(text); got != text {
			t.Errorf("got %q of %q, want it unchanged", got, text)
		}
	}
}

// Secrets behind the flags of a command line are learned, as Arguments hides them.
func TestLearnAttachedArguments(t *testing.T) {
	d := New(Rules{HideSecret: true})
	d.LearnArguments([]string{"mysql", "-pXk29fLq81mZ7", "-u", "bob:Vw83kPz61nQ5"})
	if got := d.Text("as Xk29fLq81mZ7 or Vw83kPz61nQ5"); strings.Contains(got, "Xk29") || strings.Contains(got, "Vw83") {
		t.Errorf("got %q, want both hidden", got)
	}
}

// Schemes before schemes are one value.
func TestLearnSchemes(t *testing.T) {
	d := New(Rules{HideSecret: true})
	d.Learn(strings.Repeat("bearer ", 400) + "Xk29fLq81mZ7")
	if d.learned > 2 {
		t.Errorf("got %d values learned, want 2", d.learned)
	}
	if got := d.Text("as Xk29fLq81mZ7"); strings.Contains(got, "Xk29") {
		t.Errorf("got %q, want it hidden", got)
	}
}
