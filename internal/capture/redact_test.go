package capture

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"coredumpy/internal/caveat"
	"coredumpy/internal/corefile"
	"coredumpy/internal/notation"
	"coredumpy/internal/secrets"
	"coredumpy/internal/target"
	"coredumpy/internal/walk"
)

// All texts of a record go through the redactor, except for names from the source, and
// for what identifies a build.
func TestRedactRecords(t *testing.T) {
	const secret, masked = "ghp_0123456789abcdefghijABCDEFGHIJ012345", "***redacted***"
	const name = "ANameOfMoreThanThirtyTwoLettersOrDigits"
	place := func() *corefile.Place {
		return &corefile.Place{Func: "main." + name + `[go.shape.struct { A string "x:\"` + secret + `\"" }]`, File: "/" + secret + "/" + name + ".go", Line: 7}
	}
	value := notation.Reason(caveat.Reason{Kind: caveat.Other, Text: "not here"})
	d := &Dump{
		walker: walk.New(target.Self(), walk.Limits{String: 1 << 10}, walk.Rules{}),
		redact: secrets.New(secrets.Rules{HideSecret: true, Patterns: []*regexp.Regexp{regexp.MustCompile(secrets.LongRun)}}),
		head: corefile.Head{
			Message: secret, Description: secret, Test: "Test/" + secret, Host: secret, Program: "/" + secret + "/app", Directory: "/" + secret,
			Args: []string{"app", secret}, Notes: []string{"no " + secret}, Top: place(),
			Build: &corefile.Build{Settings: [][2]string{
				{"-ldflags", "-X main.key=" + secret}, {"vcs.revision",
					"0123456789abcdef0123456789abcdef01234567"}, {"vcs.revision", secret}, {"-tags",
					"0123456789abcdef0123456789abcdef01234567"},
			}},
		},
		goroutines: []*corefile.Goroutine{{
			ID: 1, CreatedBy: place(), Labels: []string{"key " + secret, secret}, Trace: "goroutine 1 [running] labels:{" + secret + "}:\nmain." + name + "()\n\tat " + secret,
			Frames: []corefile.Frame{{Place: *place(), Vars: []corefile.Variable{{Name: name, Value: value}, {Name: secret, Role: corefile.RoleGiven, Value: value}}}},
		}},
	}
	before := *d.goroutines[0].CreatedBy
	var file bytes.Buffer
	if err := d.Write(&file, false); err != nil {
		t.Fatal(err)
	}
	text := file.String()
	if strings.Contains(text, secret[4:]) {
		t.Errorf("got the secret in\n%s", text)
	}
	typ := &corefile.Type{Name: `struct { ` + name + ` string "default:\"` + secret + `\"" }`}
	if got, want := d.redactedType(typ).Name, `struct { `+name+` string "default:\"`+masked+`\"" }`; got != want {
		t.Errorf("got type %s, want %s", got, want)
	}
	for want, n := range map[string]int{
		`"message":"` + masked + `"`: 1, `"description":"` + masked + `"`: 1, `"test":"Test/` + masked + `"`: 1, `"host":"` + masked + `"`: 1,
		`"program":"/` + masked + `/app"`: 1, `"dir":"/` + masked + `"`: 1, `["app","` + masked + `"]`: 1, `"no ` + masked + `"`: 1,
		`["-ldflags","-X main.key=` + masked + `"]`: 1, `["vcs.revision","0123456789abcdef0123456789abcdef01234567"]`: 1, `["vcs.revision","` + masked + `"]`: 1, `["-tags","` + masked + `"]`: 1,
		`"/` + masked + `/` + name + `.go"`: 3, `"labels":["key ` + masked + `","` + masked + `"]`: 1, `"trace":"goroutine 1 [running] labels:{` + masked + `}:\nmain.` + name + `()\n\tat ` + masked + `"`: 1,
		`"name":"` + name + `"`: 1, `"name":"` + masked + `"`: 1,
	} {
		if got := strings.Count(text, want); got != n {
			t.Errorf("got %s %d times, want %d, in\n%s", want, got, n, text)
		}
	}
	if *d.goroutines[0].CreatedBy != before || d.head.Build.Settings[0][1] != "-X main.key="+secret {
		t.Error("writing has changed the dump")
	}
}
