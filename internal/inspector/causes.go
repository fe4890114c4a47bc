package inspector

import (
	"reflect"

	"coredumpy/internal/dump"
)

// wraps maps each error type of the standard library that wraps another error to the field
// that its method Unwrap returns (Go 1.24 to 1.27). For other types we would have to run
// the method.
var wraps = map[string]string{
	"fmt.wrapError":                "err",
	"fmt.wrapErrors":               "errs",
	"errors.joinError":             "errs",
	"io/fs.PathError":              "Err",
	"os.LinkError":                 "Err",
	"os.SyscallError":              "Err",
	"os/exec.Error":                "Err",
	"net.OpError":                  "Err",
	"net.DNSConfigError":           "Err",
	"net.DNSError":                 "UnwrapErr",
	"net/url.Error":                "Err",
	"strconv.NumError":             "Err",
	"encoding/json.MarshalerError": "Err",

	"crypto/tls.CertificateVerificationError": "Err",
}

// maxCauses bounds how many errors one error wraps: errors.Join takes any number.
const maxCauses = 100

// Causes returns the errors that an error wraps, if its type is in the standard library.
func Causes(v dump.Value) (causes []dump.Value) {
	p := PartsOf(v, "")
	field := wraps[p.Of.Type().String()]
	if p.Of.Kind() != reflect.Struct || field == "" {
		return nil
	}
	for i := range p.Named {
		part := p.NamedPart(i)
		switch k := part.Value.Kind(); {
		case part.Name != field || !part.Value.Valid() || part.Value.IsNil():
		case k == reflect.Interface:
			causes = append(causes, part.Value)
		case k == reflect.Slice:
			for n := range min(part.Value.Stored(), maxCauses) {
				causes = append(causes, part.Value.Index(n))
			}
		}
	}
	return causes
}
