package views

import (
	"net/url"
	"strings"

	"coredumpy/internal/dump"
	"coredumpy/internal/notation"
)

// How package net/url keeps the parts of a URL: src/net/url/url.go, Go 1.24 to 1.27.

// ofURL shows a url.URL.
func ofURL(r *Reader, v dump.Value) (view View, ok bool) {
	text, ok := urlText(v)
	return View{Text: r.quoted(text)}, ok && text != ""
}

// urlText returns a URL as its method String does. It has the user and the password as the
// dump has them: if they were redacted, their masks.
func urlText(v dump.Value) (text string, ok bool) {
	parts, ok := textsAt(v, "Scheme", "Opaque", "Host", "Path", "RawPath", "RawQuery", "Fragment", "RawFragment")
	if !ok {
		return "", false
	}
	force, ok1 := fieldOf(v, "ForceQuery")
	omit, ok2 := fieldOf(v, "OmitHost")
	user, ok3 := fieldOf(v, "User")
	if !ok1 || !ok2 || !ok3 || !force.Valid() || !omit.Valid() || !user.Valid() {
		return "", false
	}
	u := url.URL{
		Scheme: parts[0], Opaque: parts[1], Host: parts[2], Path: parts[3], RawPath: parts[4], RawQuery: parts[5],
		Fragment: parts[6], RawFragment: parts[7], ForceQuery: force.Bool(), OmitHost: omit.Bool(),
	}
	if !user.IsNil() {
		if u.User, ok = userinfo(user.Elem()); !ok {
			return "", false
		}
	}
	return unescapedMasks.Replace(u.String()), true
}

// unescapedMasks gives a mask that was escaped as a part of a URL its form back.
var unescapedMasks = func() *strings.Replacer {
	escaped := strings.ReplaceAll(notation.Mask, "*", "%2A")
	return strings.NewReplacer(escaped+"%23", notation.Mask+"#", escaped, notation.Mask,
		notation.Mask+"%23", notation.Mask+"#")
}()

// userinfo reads a url.Userinfo.
func userinfo(v dump.Value) (user *url.Userinfo, ok bool) {
	parts, ok1 := textsAt(v, "username", "password")
	set, ok2 := fieldOf(v, "passwordSet")
	if !ok1 || !ok2 || !set.Valid() {
		return nil, false
	}
	if set.Bool() {
		return url.UserPassword(parts[0], parts[1]), true
	}
	return url.User(parts[0]), true
}

// ofUserinfo shows a url.Userinfo.
func ofUserinfo(r *Reader, v dump.Value) (view View, ok bool) {
	user, ok := userinfo(v)
	return View{Text: r.quoted(unescapedMasks.Replace(user.String()))}, ok
}
