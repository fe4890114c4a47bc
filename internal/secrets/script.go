package secrets

// Scripts that were made smaller have names of secrets before expressions, often without a
// blank: token:e?.token||``,password:[a,b].

// codeSigns are what such a script has again and again, and other texts have seldom.
var codeSigns = [...]string{"=>", "){", "})", "),", "?.", "===", "`)", "`,", ":`", "function(", "||"}

// beginsCode holds the first bytes of codeSigns.
var beginsCode = func() (set [256]bool) {
	for _, sign := range codeSigns {
		set[sign[0]] = true
	}
	return set
}()

// minCodeSigns of them within codeAround bytes before and behind a value make a script.
const (
	minCodeSigns = 4
	codeAround   = 128
)

// isExpression reports whether a value is an expression in a script: it isn't between quotes,
// and no part of it looks random.
func isExpression(b []byte, at span) bool {
	v := b[at.from:min(at.to, at.from+maxValue)]
	if at.from > 0 && isQuote(b[at.from-1]) && class[v[0]]&ending == 0 {
		return false // where quotes come in the wrong order, a sign follows: `password `,e
	}
	return !hasRandomRun(v) && inScript(b[max(0, at.from-codeAround):min(len(b), at.from+codeAround)])
}

func inScript(near []byte) bool {
	n := 0
	for i, c := range near {
		if !beginsCode[c] || (c == '|' || c == '=') && i > 0 && near[i-1] == c { // a row of them is no code
			continue
		}
		for _, sign := range codeSigns {
			if hasPrefix(near[i:], sign) {
				n++
			}
		}
		if n >= minCodeSigns {
			return true
		}
	}
	return false
}

// hasRandomRun reports whether a run of letters and digits in v is neither word nor number.
func hasRandomRun(v []byte) bool {
	for from := 0; from < len(v); from++ {
		to := runEnd(v, from, alnum)
		if to-from >= 6 && randomRun(v[from:to]) {
			return true
		}
		from = to
	}
	return false
}
