package capture

// The message of a dump: its text is redacted and cut when the dump is written, and
// may be another one afterwards, when the panic value's own method has been called.

import (
	"coredumpy/internal/target"
	"coredumpy/internal/walk"
)

// clip returns a message as it is written.
func (d *Dump) clip(text string, m target.Message) string {
	text = walk.Clip(text, m.More, d.strings, d.redact.Text)
	return d.redact.Text(m.Around[0]) + text + m.Around[1] // only now: a short secret is known where it stands alone
}
