package secrets

import "strings"

// Arguments returns a copy of a command line without secrets: values after
// secret flags (-password X, --token=X, DB_PASSWORD=X) and everything that Text
// finds. What follows a secret flag is hidden even if it looks like a flag.
func (d *Redactor) Arguments(args []string) []string {
	out := make([]string, len(args))
	for i, arg := range args {
		out[i] = d.Text(arg)
		if !d.hideSecret {
			continue
		}
		if i > 0 && takesSecret(args[i-1]) {
			out[i] = mask
		} else if name, value, ok := strings.Cut(arg, "="); ok && value != "" && plainName(name) && SecretName(name) {
			out[i] = d.Text(name) + "=" + mask
		}
	}
	return out
}

// LearnArguments learns the values after secret flags, which a program copies
// into variables of any name, and those in URLs and the like.
func (d *Redactor) LearnArguments(args []string) {
	for i, arg := range args {
		if i > 0 && takesSecret(args[i-1]) {
			d.Learn(arg)
		} else if name, value, ok := strings.Cut(arg, "="); ok && plainName(name) && SecretName(name) {
			d.Learn(value)
		}
		d.learnSetting(arg)
	}
}

// takesSecret reports whether arg is a flag whose value is the next argument.
func takesSecret(arg string) bool {
	return strings.HasPrefix(arg, "-") && plainName(arg) && SecretName(arg)
}

// plainName reports whether name can be that of a flag or an environment
// variable, and not the beginning of a URL or a sentence.
func plainName(name string) bool {
	for _, c := range []byte(name) {
		if class[c]&wordSet == 0 {
			return false
		}
	}
	return name != ""
}
