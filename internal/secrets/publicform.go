package secrets

import (
	"cmp"
	"slices"
	"strings"
)

// Digests, ids and public keys are as random as a secret key, but aren't secrets. This file
// recognises them by their own form, publicplace.go by the text around them, and publicname.go
// by the name that they have.

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
