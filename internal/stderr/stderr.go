// Package stderr writes to standard error on behalf of a program that hasn't asked for
// it: text that can't be written is lost, and nothing else happens.
package stderr

// Writer writes to the current [os.Stderr].
type Writer struct{}

// Write writes as much of text as it can, and reports that it wrote all. On Linux it
// waits for at most a second if nobody reads.
func (Writer) Write(text []byte) (int, error) {
	write(text)
	return len(text), nil
}
