package secrets

// This file recognises public values by the name that they have.

// pageToken reports whether name is that of a token for the next page of a list.
func pageToken(name []byte) bool {
	var buf [64]byte
	for word, i := nextWord(name, 0, buf[:0]); len(word) > 0; word, i = nextWord(name, i, word[:0]) {
		switch string(word) {
		case "page", "next", "continuation", "sync", "cursor", "prev", "previous":
			return true
		}
	}
	return false
}

// publicWord reports whether a word in a name says that the value is public, or an
// identifier.
func publicWord(word []byte) bool {
	switch string(word) {
	case "sha", "sum", "checksum", "checksums", "digest", "digests", "hashes", "etag", "etags", "trace", "traceid",
		"traceparent", "span", "spanid", "commit", "commits", "revision", "fingerprint", "fingerprints", "thumbprint",
		"fpr", "cert", "certificate", "certificates", "integrity", "md", "blake", "crc", "cid", "cids", "merkle",
		"blob", "blobs", "requestid", "correlationid", "match", "txid", "txids", "cursor", "address", "addresses",
		"btc", "bitcoin",
		// identifiers in forms that say nothing but that
		"uuid", "uuids", "guid", "guids", "ulid", "ulids", "ksuid", "ksuids", "cuid", "nanoid", "xid", "oid", "oids",
		"jti",
		// clicks on advertisements
		"gclid", "fbclid", "msclkid", "dclid", "gbraid", "wbraid", "ttclid", "yclid", "twclid":
		return true
	}
	const hash = "hash" // blockhash
	return len(word) >= len(hash) && string(word[len(word)-len(hash):]) == hash
}

// PublicName reports whether the name of a field, variable or header says that its value
// is public although it may look like a key: a digest, the id of a trace, a public key.
func PublicName(name string) bool { return publicName([]byte(name)) }

func publicName(name []byte) bool {
	if secretName(name) {
		return false
	}
	if lastIs(name, "token") || len(name) > 5 && hasPrefixFold(name[len(name)-5:], "token") {
		return pageToken(name)
	}
	var buf [64]byte
	public, open, private, words := len(name) >= 4 && equalFold(name[len(name)-4:], "etag"), false, false, 0
	identifier, key := false, false // what the last word says
	for word, i := nextWord(name, 0, buf[:0]); len(word) > 0; word, i = nextWord(name, i, word[:0]) {
		identifier, key = false, false
		switch string(word) {
		case "password", "passwd", "pass", "pw", "secret", "token", "private", "priv", "api", "session", "sess",
			"access", "auth", "csrf", "credential", "credentials", "cookie":
			private = true
		case "public", "pub":
			open = true
		case "key", "keys":
			key = true
		case "id", "ids", "uid", "uids", "ref", "root":
			identifier = true
		}
		public = public || publicWord(word)
		words++
	}
	return (open || public && !key || identifier && words > 1 || equalFold(name, "uid") || equalFold(name, "kid")) &&
		!private
}
