package secrets

// This file recognises identifiers and other public values by their own form, by the word
// before them, and by the name that they have.

// digestForms are the beginnings of public values and their shortest lengths: content ids of
// IPFS, addresses and public keys in block chains, geometries, clicks on advertisements.
// [github.com/multiformats/cid; BIP 32 and 173; NIP-19; OGC 06-103r4, section 8.2.9]
var digestForms = [...]struct {
	prefix string
	min    int
}{
	{"bafy", 55}, {"bafk", 55}, {"bafz", 55}, {"Qm", 46}, {"0x", 42},
	{"bc1", 42}, {"tb1", 42}, {"ltc1", 43}, {"addr1", 58}, {"cosmos1", 45}, {"osmo1", 43}, {"npub1", 63},
	{"xpub", 107}, {"ypub", 107}, {"zpub", 107}, {"lnbc", 100},
	{"0101000020", 50}, {"0102000020", 50}, {"0103000020", 50},
	{"CjwKCA", 80}, {"IwAR", 58},
}

func digestForm(run []byte) bool {
	for _, f := range digestForms {
		if len(run) >= f.min && hasPrefix(run, f.prefix) {
			return f.prefix != "Qm" && f.prefix != "0x" || f.prefix == "Qm" && len(run) == 46 ||
				f.prefix == "0x" && allHex(run[2:]) && (len(run) == 42 || len(run) == 66 || len(run) == 130)
		}
	}
	return ulid(run) || nkey(run)
}

// nkey reports whether run is a public key of NATS: a kind, a key and a checksum. A secret one
// begins with S. [github.com/nats-io/nkeys, strkey.go]
func nkey(run []byte) bool {
	const size = 35 // a byte, 32, and two
	if len(run) != 8*size/5 || run[0] == 'S' || run[0] == 'P' {
		return false
	}
	var key [size]byte
	for i, c := range run { // base32 [RFC 4648, section 6]
		if class[c]&base32 == 0 {
			return false
		}
		digit := uint16(c - 'A')
		if isDigit(c) {
			digit = uint16(c-'2') + 26
		}
		digit <<= 11 - 5*i%8 // in two bytes
		key[5*i/8] |= byte(digit >> 8)
		if next := 5*i/8 + 1; next < size {
			key[next] |= byte(digit)
		}
	}
	sum := uint16(0) // CRC-16/XMODEM
	for _, c := range key[:size-2] {
		sum ^= uint16(c) << 8
		for range 8 {
			top := sum >> 15
			sum = sum<<1 ^ top*0x1021
		}
	}
	return key[size-2] == byte(sum) && key[size-1] == byte(sum>>8)
}

// idPrefixes come before ids of objects, and a sign: pi_3MtwBwLkdIwHu7ix28a3tqPd.
// [docs.stripe.com/api; platform.openai.com/docs/api-reference]
var idPrefixes = [...]string{"pi", "ch", "py", "evt", "cus", "in", "ii", "sub", "si", "price", "prod", "acct", "pm",
	"txn", "seti", "card", "src", "req", "order", "user", "org", "proj", "msg", "run", "step", "asst", "thread",
	"chatcmpl",
	"resp", "file", "batch", "vs", "inv", "po", "tr", "dp", "plan", "tax", "job", "task", "event", "member", "team"}

// isID reports whether b[from:to] is an id with its prefix, or follows it.
func isID(b []byte, from, to int) bool {
	sign := from + 1
	for sign < to && sign < from+maxIDPrefix && class[b[sign]]&dash == 0 {
		sign++
	}
	return idBefore(b, from) || sign < to && idBefore(b, sign+1)
}

// maxIDPrefix is more than the length of each of idPrefixes.
const maxIDPrefix = 10

// idBefore reports whether the prefix of an id comes right before b[from].
func idBefore(b []byte, from int) bool {
	if from < 3 || b[from-1] != '_' && b[from-1] != '-' {
		return false
	}
	word := from - 1
	for word > 0 && from-word <= maxIDPrefix && isLetter(b[word-1]) && !isCapital(b[word-1]) {
		word--
	}
	if word > 0 && class[b[word-1]]&wordSet != 0 {
		return false
	}
	for _, p := range idPrefixes {
		if string(b[word:from-1]) == p {
			return true
		}
	}
	return false
}

// digestNamed reports whether a hexadecimal number with the length of a digest follows a word
// that says what it is: container 9f86..., MD5 (file) = 9f86..., HEAD is now at 9f86....
func digestNamed(b []byte, from, to int) bool {
	if !digestSize(to - from) {
		return false
	}
	w := wordBefore(b, from)
	if n := w.to - w.from; n == 1 && b[w.from] == '=' && w.from > 2 && b[w.from-2] == ')' {
		return true // as BSD's md5 prints it
	}
	word := b[w.from:w.to]
	if len(word) > 1 && word[len(word)-1] == ':' {
		word = word[:len(word)-1]
	}
	var buf [maxLabel]byte
	if len(word) > len(buf) {
		return false
	}
	for i, c := range word {
		buf[i] = fold[c]
	}
	switch lower := buf[:len(word)]; string(lower) {
	case "container", "image", "layer", "object", "block", "tx", "transaction", "rev", "head", "checkout", "into",
		"onto", "merge", "branch", "blob", "rsa2048", "rsa3072", "rsa4096", "snapshot":
		return true
	case "at":
		return endsWith(b[:w.from], "is now ")
	default:
		return publicWord(lower)
	}
}

func endsWith(b []byte, end string) bool {
	return len(b) >= len(end) && string(b[len(b)-len(end):]) == end
}

// digestSize reports whether a common hash has that many hexadecimal digits.
func digestSize(n int) bool {
	return n == 32 || n == 40 || n == 48 || n == 56 || n == 64 || n == 96 || n == 128
}

// files are the beginnings of files in base64, by the signs that show their format: PNG, JPEG,
// GIF, ZIP, gzip, PDF, icons, WOFF2, WebP.
var files = [...]string{"iVBORw0KGgo", "/9j/", "R0lGOD", "UEsDB", "H4sIA", "JVBERi0", "AAABAA", "d09GM", "UklGR"}

// minFile is the length of the shortest file in base64 that is shown.
const minFile = 40

// fileInBase64 returns the end of a file in base64 that begins at b[i], or 0.
func fileInBase64(b []byte, i int) int {
	for _, f := range files {
		if b[i] == f[0] && hasPrefix(b[i:], f) && startsWord(b, i) {
			if end := runEnd(b, i, base64Set); end-i >= minFile {
				return end
			}
		}
	}
	return 0
}

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
