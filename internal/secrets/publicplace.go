package secrets

// This file recognises digests, ids and other public values by the text before and after them.

// digestMarks come right before digests, checksums and public keys.
var digestMarks = [...]string{"sha256:", "sha512:", "sha384:", "sha1:", "md5:", "h1:", "sha256-", "sha384-",
	"sha512-",
	"SHA256:", "MD5:", "0x", `W/"`, "commit ", "tree ", "parent ", "index ", "..", ";base64,", "/store/", "/ipfs/",
	"ipfs://", "go.shape.", ".git#",
	"/blob/", "/commit/", "/commits/", "/tree/", "/raw/", "/compare/", "/blobs/", "/objects/", "/layers/", "/docker/",
	"/containers/", "/overlay2/", "btih:"}

// isDigest reports whether the text around b[from:to] shows that it isn't a secret key.
func isDigest(b []byte, from, to int) bool {
	run := b[from:to]
	for _, mark := range digestMarks {
		if n := from - len(mark); n >= 0 && b[n] == mark[0] && hasPrefix(b[n:], mark) || hasPrefix(run, mark) {
			return true
		}
	}
	if digestForm(run) || isID(b, from, to) || publicBefore(b, from) {
		return true
	}
	if !allHex(run) {
		return false
	}
	return inFileName(b, from, to) || inTrace(b, from, to) || from == 0 && beforeFile(b, to) ||
		digestNamed(b, from, to)
}

// beforeFile reports whether b[:to] is a digest and a file's name follows, as sha256sum prints
// them.
func beforeFile(b []byte, to int) bool {
	const between = "  "
	name := to + len(between)
	return digestSize(to) && hasPrefix(b[to:], between) && name < len(b) && class[b[name]]&(alnum|dash|dot) != 0
}

// sumMarks come before checksums in base64, whose signs + and / divide them into runs.
var sumMarks = [...]string{"h1:", "sha256-", "sha384-", "sha512-", "SHA256:"}

// inSum reports whether the run that begins at b[from] is a part of a checksum in base64.
func inSum(b []byte, from int) bool {
	begin := from
	for begin > 0 && from-begin < maxName && class[b[begin-1]]&base64Set != 0 {
		begin--
	}
	if begin == from {
		return false
	}
	for _, mark := range sumMarks {
		if n := begin - len(mark); n >= 0 && hasPrefix(b[n:], mark) || hasPrefix(b[begin:], mark) {
			return true
		}
	}
	return false
}

func allHex(run []byte) bool {
	for _, c := range run {
		if class[c]&hex == 0 && (c < 'A' || c > 'F') {
			return false
		}
	}
	return true
}

// fileEnds are endings of file names that may hold a digest.
var fileEnds = [...]string{".js", ".css", ".map", ".png", ".jpg", ".jpeg", ".webp", ".gif", ".svg", ".woff",
	".html", ".wasm",
	".ico", ".mp4", ".pdf", ".json", ".gz", ".zip", ".tar", ".chunk.", ".bundle.", ".min."}

// inFileName reports whether a digest is the name of a file, in a directory named after
// the beginning of it, or with the ending of a file.
func inFileName(b []byte, from, to int) bool {
	for _, end := range fileEnds {
		if hasPrefix(b[to:], end) {
			return true
		}
	}
	return from >= 4 && b[from-1] == '/' && b[from-4] == '/' && allHex(b[from-3:from-1])
}

// inTrace reports whether b[from:to] is the trace id in a traceparent. [W3C Trace Context,
// section 3.2]
func inTrace(b []byte, from, to int) bool {
	return from >= 3 && b[from-1] == '-' && isDigit(b[from-2]) && isDigit(b[from-3]) && to-from == 32 &&
		to+17 < len(b) && b[to] == '-' && b[to+17] == '-'
}

// publicBefore reports whether the name of a public value and a separator come before a
// value.
func publicBefore(b []byte, from int) bool {
	i := from
	for i > 0 && from-i < 4 && (isQuote(b[i-1]) || b[i-1] == '\\' || class[b[i-1]]&opening != 0) {
		i--
	}
	i = beforeBlanks(b, i)
	if i == 0 || i == from && b[i-1] != ':' && b[i-1] != '=' {
		return false
	}
	if b[i-1] == ':' || b[i-1] == '=' {
		i--
	}
	k := keyBefore(b, i)
	return k.from < k.to && publicName(b[k.from:k.to])
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
	case "from":
		return endsWith(b[:w.from], "picked ")
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
