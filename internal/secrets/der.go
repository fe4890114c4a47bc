package secrets

// privateKey reports whether b begins with a private key without PEM around it: in DER, by
// PKCS #8, PKCS #1 or SEC 1, or in the form that OpenSSH stores. [RFC 5958, section 2; RFC
// 8017, appendix A.1.2; RFC 5915, section 3]
func privateKey(b []byte) bool {
	const openSSH = "openssh-key-v1\x00"
	if len(b) == 0 || b[0] != tagSequence && b[0] != openSSH[0] {
		return false
	}
	if hasPrefix(b, openSSH) {
		return true
	}
	n, from := derHeader(b, 0, tagSequence)
	if n < minPrivateKey || from+5 > len(b) || b[from] != tagInteger || b[from+1] != 1 || b[from+2] > 1 {
		return false
	}
	version, next := b[from+2], from+3
	switch b[next] {
	case tagSequence: // PKCS #8: the algorithm
		_, inside := derHeader(b, next, tagSequence)
		return inside > 0 && inside < len(b) && b[inside] == tagOID
	case tagInteger: // PKCS #1: the modulus
		modulus, _ := derHeader(b, next, tagInteger)
		return version == 0 && modulus >= minModulus && n > 2*modulus
	case tagOctets: // SEC 1: the number
		size, _ := derHeader(b, next, tagOctets)
		return version == 1 && size >= minScalar && size <= maxScalar
	}
	return false
}

// These are tags of DER [X.690, section 8.1.2], and lengths in bytes.
const (
	tagInteger  = 0x02
	tagOctets   = 0x04
	tagOID      = 0x06
	tagSequence = 0x30

	minPrivateKey = 40
	minModulus    = 64 // 512 bits
	minScalar     = 20
	maxScalar     = 72
)

// derHeader returns the length and the beginning of the value with the given tag at b[i];
// 0, 0 if there is none. The value may be cut.
func derHeader(b []byte, i int, tag byte) (n, from int) {
	if i+2 > len(b) || b[i] != tag {
		return 0, 0
	}
	n, from = int(b[i+1]), i+2
	if n < 0x80 {
		return n, from
	}
	size := n & 0x7f
	if size == 0 || size > 3 || from+size > len(b) {
		return 0, 0
	}
	n = 0
	for _, c := range b[from : from+size] {
		n = n<<8 | int(c)
	}
	return n, from + size
}
