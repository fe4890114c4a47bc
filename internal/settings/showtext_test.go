package settings

import "testing"

func TestShowsText(t *testing.T) {
	if (&Redaction{ShowText: []string{"main"}}).ShowsText() != nil {
		t.Error("got a rule without HideText, want none: all text is shown")
	}
	for _, tt := range []struct {
		pattern, pkg, name string
		want               bool
	}{
		{"main.Order", "main", "main.Order", true},
		{"main.Order", "main", "main.Orders", false},
		{"main.Order", "main", "main.Order.Status", false},
		{"main.Order.Status", "main", "main.Order.Status", true},
		{"main", "main", "main.Order.Status", true},
		{"main/...", "main", "main.Order", true},
		{"main", "mainly", "mainly.Order", false},
		{"example.com/shop", "example.com/shop", "example.com/shop.Order", true},
		{"example.com/shop", "example.com/shop/db", "example.com/shop/db.Row", false},
		{"example.com/shop/...", "example.com/shop/db", "example.com/shop/db.Row", true},
		{"example.com/shop/...", "example.com/shopping", "example.com/shopping.Row", false},
		{"gopkg.in/yaml.v3", "gopkg.in/yaml.v3", "gopkg.in/yaml.v3.Node", true},
		{"", "main", "main.Order", false},
	} {
		shows := (&Redaction{HideText: true, ShowText: []string{"x", tt.pattern}}).ShowsText()
		if got := shows(tt.pkg, tt.name); got != tt.want {
			t.Errorf("%q, %q: got %v, want %v", tt.pattern, tt.name, got, tt.want)
		}
	}
}

func TestCheckShowText(t *testing.T) {
	for pattern, right := range map[string]bool{
		"main.Order": true, "main": true, "example.com/shop/...": true, "main.(*Order).total.name": true,
		"": false, "/...": false, "...": false, "main.*": false, "main.Order main.Item": false, "a,b": false,
		"a/.../b": false,
	} {
		if err := CheckShowText(pattern); (err == nil) != right {
			t.Errorf("%q: got %v, want it accepted: %v", pattern, err, right)
		}
	}
}
