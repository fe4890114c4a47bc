package page

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"strings"
)

// The page's own markup, style and script.
//
//go:embed web/page.html web/*.css web/*.js
var web embed.FS

// scripts are the files of the script, in order. They are one script in the page.
var scripts = []string{
	"base.js", "blocks.js", "list.js", "tree.js", "goroutines.js", "stack.js", "source.js", "values.js", "graph.js",
	"waits.js", "about.js", "app.js",
}

var (
	style    = asset("style.css")
	code     = `"use strict";` + "\n" + joined(scripts)
	script   = "<script>" + code + "</script>\n"
	template = asset("page.html")
)

// after ends the page.
const after = "</body>\n</html>\n"

// before returns the page up to the first block. Its policy forbids all but the style and the
// script whose hashes it names: nothing is fetched, no other script runs, and no text of the
// dump can be set as markup, not even by mistake of this script.
func before() string {
	policy := fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; img-src data:; base-uri 'none'; "+
		"form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'", hash(style), hash(code))
	return strings.NewReplacer("{{policy}}", policy, "{{style}}", style).Replace(template)
}

// hash returns the source expression for a text in a content security policy.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

func joined(names []string) string {
	var all strings.Builder
	for _, name := range names {
		all.WriteString(asset(name))
	}
	return all.String()
}

func asset(name string) string {
	text, err := web.ReadFile("web/" + name)
	if err != nil {
		panic(err) // can't be: it is embedded
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n") // a checkout on Windows may have other ends of lines
}
