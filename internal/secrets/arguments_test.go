package secrets

import (
	"slices"
	"testing"
)

func TestArguments(t *testing.T) {
	for _, tt := range []struct{ args, want []string }{
		{nil, []string{}},
		{[]string{"app", "-v", "x"}, []string{"app", "-v", "x"}},
		{[]string{"app", "-password", "a b", "x"}, []string{"app", "-password", "#", "x"}},
		{[]string{"app", "--token=a b=c"}, []string{"app", "--token=#"}},
		{[]string{"app", "--token="}, []string{"app", "--token="}},
		{[]string{"DB_PASSWORD=a b", "USER=bob"}, []string{"DB_PASSWORD=#", "USER=bob"}},
		{[]string{"--token", "--password", "x"}, []string{"--token", "#", "#"}},
		{[]string{"--password-stdin", "x", "-max-tokens", "5"}, []string{"--password-stdin", "x", "-max-tokens", "5"}},
		{[]string{"-H", "Authorization: Bearer abc"}, []string{"-H", "Authorization: Bearer #"}},
		{[]string{"postgres://u:p@h/d?token=x&y=1"}, []string{"postgres://u:#@h/d?token=#&y=1"}},
		{[]string{"-key", hex32}, []string{"-key", "#"}},
		{[]string{"-api-key"}, []string{"-api-key"}},
		{[]string{"curl", "-u", "bob:merivo-lap84"}, []string{"curl", "-u", "bob:#"}},
		{[]string{"curl", "-u", "bob:kgzVMQcNid"}, []string{"curl", "-u", "bob:#"}},
		{[]string{"docker", "--user", "bob:staff", "-u", "1000:1000"}, []string{"docker", "--user", "bob:staff", "-u", "1000:1000"}},
	} {
		in := slices.Clone(tt.args)
		want := make([]string, len(tt.want))
		for i := range want {
			want[i] = masked(tt.want[i])
		}
		if got := newRedactor().Arguments(tt.args); !slices.Equal(got, want) {
			t.Errorf("Arguments(%q)\n got %q\nwant %q", in, got, want)
		}
		if !slices.Equal(tt.args, in) {
			t.Errorf("Arguments changed its input %q to %q", in, tt.args)
		}
	}
	args := []string{"-password", "x"}
	if got := New(Rules{}).Arguments(args); !slices.Equal(got, args) {
		t.Errorf("nothing to hide: Arguments(%q) = %q", args, got)
	}
}

func TestLearnArguments(t *testing.T) {
	r := newRedactor()
	r.LearnArguments([]string{"app", "--password", "hunter2x", "--token=tok7en!!", "-v", "verbose99"})
	text, want := "dsn hunter2x, tok7en!! and verbose99", masked("dsn #, # and verbose99")
	if got := r.Text(text); got != want {
		t.Errorf("Text(%q) = %q, want %q", text, got, want)
	}
}
