package secrets

import (
	"cmp"
	"slices"
	"strings"
)

// Digests, ids and public keys are as random as a secret key, but aren't secrets. They are
// recognised by their form, or by the text before or after them.

// digestMarks come right before digests, checksums and public keys.
var digestMarks = [...]string{"sha256:", "sha512:", "sha384:", "sha1:", "md5:", "h1:", "sha256-", "sha384-",
	"sha512-",
	"SHA256:", "MD5:", "0x", `W/"`, "commit ", "tree ", "parent ", "index ", "..", ";base64,", "/store/", "/ipfs/",
	"ipfs://", "go.shape.",
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
	return inFileName(b, from, to) || inTrace(b, from, to) || hasPrefix(b[to:], "  ") && from == 0 ||
		digestNamed(b, from, to)
}

// sumMarks come before checksums in base64, whose signs + and / divide them into runs.
var sumMarks = [...]string{"h1:", "sha256-", "sha384-", "sha512-"}

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

// ulid reports whether run has the form of a ULID. [github.com/ulid/spec]
func ulid(run []byte) bool {
	if len(run) != 26 || run[0] != '0' || run[1] > '3' {
		return false
	}
	for _, c := range run {
		if class[c]&(digit|capital) == 0 {
			return false
		}
	}
	return true
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

// publicRegions appends the places in b of certificates and public keys in PEM, public SSH
// keys, and the data of data: URLs.
func publicRegions(b []byte, found []span) []span {
	const begin, data = "-----BEGIN ", ";base64,"
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] == '-' && hasPrefix(b[i:], begin):
			from := i + len(begin)
			label := runEnd(b[:min(len(b), from+maxLabel)], from, capital|digit|space)
			if !publicLabel(b[from:label]) || !hasPrefix(b[label:], dashes) {
				continue
			}
			to := endOfPublic(b, label+len(dashes))
			found = append(found, span{i, to})
			i = to - 1
		case b[i] == ';' && hasPrefix(b[i:], data), b[i] == 'A' && hasPrefix(b[i:], "AAAA") && sshKey(b[i:]),
			b[i] == 's' && hasPrefix(b[i:], "sha512-"):
			to := i + len(data)
			for to < len(b) && (class[b[to]]&base64Set != 0 || b[to] == '=') {
				to++
			}
			found = append(found, span{i, to})
			i = to - 1
		default:
			if to := fileInBase64(b, i); to > 0 {
				found = append(found, span{i, to})
				i = to - 1
			}
		}
	}
	return found
}

// publicLabel reports whether what is between BEGIN and the dashes is that of something
// public. [RFC 7468; RFC 4880, section 6.2]
func publicLabel(label []byte) bool {
	for _, public := range [...]string{"CERTIFICATE", "PUBLIC KEY", "X509 CRL", "PKCS7", "CMS", "PGP SIGNATURE"} {
		if indexOf(label, public) >= 0 {
			return indexOf(label, "PRIVATE") < 0
		}
	}
	return false
}

// endOfPublic returns where what begins at i ends: base64 on lines, which may be indented,
// and the END line if there is one. Anything else ends it.
func endOfPublic(b []byte, i int) int {
	const end, others = "-----END ", "\n\r\t=\\\""
	for i < len(b) && (class[b[i]]&base64Set != 0 || strings.IndexByte(others, b[i]) >= 0 ||
		b[i] == ' ' && (b[i-1] == '\n' || b[i-1] == ' ')) {
		i++
	}
	if hasPrefix(b[i:], end) {
		label := runEnd(b[:min(len(b), i+len(end)+maxLabel)], i+len(end), capital|digit|space)
		if hasPrefix(b[label:], dashes) {
			return label + len(dashes)
		}
	}
	return i
}

// sshKey reports whether b begins like a public SSH key. [RFC 4253, section 6.6]
func sshKey(b []byte) bool {
	for _, kind := range [...]string{"AAAAB3NzaC1", "AAAAC3NzaC1", "AAAAE2VjZHNhLXNoYTIt", "AAAAInNrLWVj",
		"AAAAGnNrLXNz"} {
		if hasPrefix(b, kind) {
			return true
		}
	}
	return false
}

// notPublic drops the spans that are in publicRegions.
func notPublic(b []byte, spans []span) []span {
	if len(spans) == 0 {
		return spans
	}
	regions := publicRegions(b, nil)
	if len(regions) == 0 {
		return spans
	}
	return slices.DeleteFunc(spans, func(s span) bool {
		i, _ := slices.BinarySearchFunc(regions, s.from, func(r span, from int) int {
			return cmp.Compare(r.to,
				from+1)
		})
		return i < len(regions) && regions[i].from <= s.from && s.to <= regions[i].to && formRule(b, s) == ByEntropy
	})
}
