package main

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"os"
	"strings"
)

// known returns places of secrets that are known from elsewhere, in all kinds of forms.
// In the environment a secret is named DB_PASSWORD_ and the place's number.
func known() []place {
	learned := func(form func(string) string) func(string) any {
		return func(s string) any { return []any{&login{"bob", s}, "well before " + form(s) + " well after"} }
	}
	encoded := func(form func(string) string) func(string) any {
		return func(s string) any { return "well before " + form(s) + " well after" }
	}
	return []place{
		{environ + "whole", func(s string) any { return s }},
		{environ + "in a text", encoded(func(s string) string { return s })},
		{environ + "in runes", func(s string) any { return []rune("well before " + s) }},
		{environ + "in quotes", encoded(func(s string) string { return fmt.Sprintf("%q", s+"\n\"") })},
		{environ + "in JSON", encoded(inJSON)},
		{environ + "in a URL", encoded(url.QueryEscape)},
		{environ + "in a path of a URL", encoded(url.PathEscape)},
		{environ + "in HTML", encoded(html.EscapeString)},
		{environ + "in base64", encoded(func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) })},
		{environ + "in base64, after a byte", encoded(func(s string) string { return base64.StdEncoding.EncodeToString([]byte("<" + s)) })},
		{environ + "in base64, after two", encoded(func(s string) string { return base64.URLEncoding.EncodeToString([]byte("b:" + s + ":c")) })},
		{environ + "in hexadecimal", encoded(func(s string) string { return hex.EncodeToString([]byte(s)) })},
		{environ + "unset", func(s string) any {
			for _, entry := range os.Environ() {
				if name, value, _ := strings.Cut(entry, "="); value == s {
					os.Unsetenv(name)
				}
			}
			return s
		}},
		{marked + "environment, set by the program", func(s string) any { os.Setenv("PLANT_SET", s); return s }},
		{marked + "learned, in JSON", learned(inJSON)},
		{marked + "learned, in a URL", learned(url.QueryEscape)},
		{marked + "learned, in base64", learned(func(s string) string { return base64.StdEncoding.EncodeToString([]byte("bob:" + s)) })},
		{marked + "learned, in hexadecimal", learned(func(s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) })},
		{marked + "learned, from a header", func(s string) any { return []any{map[string]string{"Authorization": "Bearer " + s}, "got " + s} }},
	}
}

func inJSON(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}
