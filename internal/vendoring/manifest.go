package vendoring

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// manifestName is the file that marks a directory as a copy. It lists the other files, as
// sha256sum does:
//
//	# A copy of coredumpy, to be imported as "example.com/shop/coredumpy". ...
//	6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b  coredumpy.go
const manifestName = "coredumpy.copy"

const manifestHead = `# A copy of coredumpy, to be imported as %q. The command that has made it,
# coredumpy vendor, brings it up to date if these files are unchanged.
`

func manifest(as string, files Files) []byte {
	var out strings.Builder
	fmt.Fprintf(&out, manifestHead, as)
	for _, name := range files.names() {
		fmt.Fprintf(&out, "%s  %s\n", sum(files[name]), name)
	}
	return []byte(out.String())
}

// parseManifest returns the sums of the files.
func parseManifest(text []byte) map[string]string {
	sums := map[string]string{}
	for line := range strings.Lines(string(text)) {
		sum, name, ok := strings.Cut(strings.TrimRight(line, "\r\n"), "  ")
		if ok && !strings.HasPrefix(line, "#") {
			sums[name] = sum
		}
	}
	return sums
}

// sum returns the sum of a text with Unix line endings, because a version control system
// may have changed them.
func sum(text []byte) string {
	h := sha256.Sum256(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")))
	return hex.EncodeToString(h[:])
}
