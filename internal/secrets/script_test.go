package secrets

import (
	"strings"
	"testing"
)

// Expressions in scripts aren't secrets; texts between quotes and what looks random are.
func TestScript(t *testing.T) {
	r := New(Rules{HideSecret: true})
	const around = "=>{(()=>e.id)(),n?.a||[],"
	for _, code := range []string{
		"o.showNewPassword=!o.showNewPassword}",
		"authStore.save(e?.token,n),{token:e?.token||``,record:n}",
		"this.authWithPassword([e,n,Object.assign({autoRefresh:!0},r)])",
		"this.baseToken=e||``,this.baseModel=n||null",
		"td({},`password `,t.em(null,`(required)`)),t.td(",
		"`Requires superuser Authorization:TOKEN header`)}),t.table({className:`x`},t.tr(",
		"n.password=r,n.passwordConfirm=r,app.copy(r)",
		"case`password`:case`passwordConfirm`:case`tokenKey`:return s.isAuth",
		"{newPassword:``,newPasswordConfirm:``,showNewPassword:!1,x:2}",
	} {
		text := around + code + ")}),t=>{" + around
		if got := r.Text(text); got != text {
			t.Errorf("Text(%q)\n got %q, want the same", text, got)
		}
	}
	for _, code := range []string{
		"password:`swordfish`,x:1",
		"login({token:'open sesame'})",
		"password:x7Q2wK9zLm4p,x:1",
		"fetch(`/api?token=x7Q2wK9zLm4p`)",
	} {
		text := around + code + ")}),t=>{" + around
		if got := r.Text(text); !strings.Contains(got, mask) || strings.Contains(got, "x7Q2") || strings.Contains(got, "sesame") {
			t.Errorf("Text(%q)\n got %q, want a mask", text, got)
		}
	}
	if css := ".lock-password-fill:before{content:\"\\eecf\"}.x{}"; r.Text(css) != css {
		t.Errorf("Text(%q) = %q, want the same", css, r.Text(css))
	}
	for text, want := range map[string]string{
		"curl -H 'Authorization:TOKEN' \\\n -H 'X: y'":             "curl -H 'Authorization:TOKEN' \\\n -H 'X: y'",
		"curl -H 'Authorization: x7Q2wK9zLm4p' \\\n -H 'X: y'":     "curl -H 'Authorization: " + mask + "' \\\n -H 'X: y'",
		"curl -H 'Cookie: it='\\''s x7Q2wK9zLm4p; b=c' http://x.y": "curl -H 'Cookie: " + mask,
	} {
		if got := r.Text(text); got != want {
			t.Errorf("Text(%q)\n got %q\nwant %q", text, got, want)
		}
	}
	// No script.
	if got, want := r.Text("password=swordfish && run || (stop)"), "password="+mask+" && run || (stop)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
