package secrets

import (
	"bytes"
	"strings"
)

// maxMarked bounds how many values LearnMarked learns, so that a log full of them leaves
// room for those under secret names.
const maxMarked = 2_000

// LearnMarked learns the secrets after password= and the like in a text that the program
// holds. It doesn't keep the text.
//
// Ordinary text has such marks, too: code, settings, messages. So a value is looked for in
// other texts only if it looks random, and as a whole text only if it is one word. It is
// learned without the punctuation that follows.
//
// It returns true if there are no marks at all, so that [Redactor.Unmarked] need not look for
// them again.
func (d *Redactor) LearnMarked(text []byte) (unmarked bool) {
	if !d.hideSecret || d.shown.Has(Learned) {
		return false
	}
	var by tags
	found, escaped := d.marks(text, false, nil, &by)
	if len(found) == 0 {
		return !escaped && plainText(text)
	}
	d.learnMarked(text, found, by)
	return false
}

// learnMarked is LearnMarked for the places of a text that are marked.
func (d *Redactor) learnMarked(text []byte, found []span, by tags) {
	found, _ = d.withoutShown(found, by)
	for _, s := range found {
		value := bytes.TrimRight(text[s.from:s.to], ".,:;!?)]}>\"'`")
		if from := skipScheme(value, 0); from > 0 {
			value = value[from:]
		}
		if password := basicPassword(value); password != "" {
			d.LearnUncommon(password)
		}
		word := oneWord(value)
		if len(value) < minEqual || !word && !seemsRandom(value) || digits(value) || placeholder(value) ||
			d.known.has(value) {
			continue
		}
		if d.marked == maxMarked {
			d.full = true
			return
		}
		d.marked++
		if seemsRandom(value) && len(value) >= minLearned {
			d.known.addSecret(string(value))
		} else {
			d.known.add(string(value), false)
		}
	}
}

func (v *values) has(value []byte) bool {
	_, ok := v.whole[string(value)]
	return ok
}

// isWord reports whether c can be part of a word or number.
func isWord(c byte) bool { return class[c]&alnum != 0 || c >= 0x80 }

func oneWord(v []byte) bool {
	for _, c := range v {
		if !isWord(c) {
			return false
		}
	}
	return true
}

// seemsRandom reports whether v isn't text, code, a URL, a host name, a version or a date:
// one of its words mixes letters and digits, as in x7Q2, or it has signs that none of
// those have.
func seemsRandom(v []byte) bool {
	if bytes.ContainsAny(v, " \t\r\n()[]{}<>\"'`") || bytes.Contains(v, []byte("://")) ||
		bytes.Contains(v, []byte("::")) {
		return false
	}
	letters, numbers, mixed, odd := 0, 0, false, false
	for i := 0; i <= len(v); i++ {
		if i < len(v) && isWord(v[i]) {
			if '0' <= v[i] && v[i] <= '9' {
				numbers++
			} else {
				letters++
			}
			continue
		}
		mixed = mixed || letters > 0 && numbers > 0
		letters, numbers = 0, 0
		odd = odd || i < len(v) && strings.IndexByte("._-/:,;", v[i]) < 0
	}
	return mixed || odd
}
