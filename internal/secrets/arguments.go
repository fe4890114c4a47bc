package secrets

import "strings"

// Arguments returns a copy of a command line without secrets: without the values after
// secret flags (-password X, --token=X, DB_PASSWORD=X), and without what Text finds. The
// argument after a secret flag is hidden even if it looks like a flag.
func (d *Redactor) Arguments(args []string) []string {
	out := make([]string, len(args))
	for i, arg := range args {
		out[i] = d.Text(arg)
		if !d.hideSecret {
			continue
		}
		if d.byName() && i > 0 && takesSecret(args[i-1], arg) {
			out[i] = d.Mask(arg, ByName)
		} else if name, value, ok := strings.Cut(arg, "="); ok && d.byName() && value != "" && plainName(name) &&
			weighText(name).Hides([]byte(value)) {
			out[i] = d.Text(name) + "=" + d.Mask(value, ByName)
		} else if secret := afterLetter(args[max(0, i-1)], arg); secret != "" && !d.shown.Has(ByMark) {
			out[i] = d.Text(strings.TrimSuffix(arg, secret)) + d.Mask(secret, ByMark)
		}
	}
	return out
}

// LearnArguments learns the values after secret flags, which a program copies
// into variables of any name, and those in URLs and the like.
func (d *Redactor) LearnArguments(args []string) {
	named := !d.shown.Has(ByName)
	for i, arg := range args {
		if named && i > 0 && takesSecret(args[i-1], arg) {
			d.Learn(arg)
		} else if name, value, ok := strings.Cut(arg, "="); ok && named && plainName(name) &&
			weighText(name).Hides([]byte(value)) {
			d.Learn(value)
		} else if d.hideSecret && !d.shown.Has(ByMark) {
			d.LearnUncommon(afterLetter(args[max(0, i-1)], arg))
		}
		d.learnSetting(arg)
	}
}

// takesSecret reports whether arg is a flag whose value is the next argument, and whether
// that value is a secret.
func takesSecret(arg, value string) bool {
	return strings.HasPrefix(arg, "-") && plainName(arg) && weighText(arg).Hides([]byte(value))
}

// maxShortFlag is the length of the longest flag that mayTakeSecret knows.
const maxShortFlag = len("--auth")

// mayTakeSecret reports whether a flag, of whichever command, takes a secret if the value looks
// like one.
func mayTakeSecret(flag string) bool {
	switch flag {
	case "-p", "-P", "-w", "-W", "-key", "--key", "-k", "-auth", "--auth":
		return true
	}
	return false
}

// afterLetter returns the secret behind -u name:, or behind -p without a blank, if it
// looks like one.
func afterLetter(before, arg string) string {
	if name, value, ok := strings.Cut(arg, ":"); ok && userFlag(before) && plainName(name) &&
		passwordLike([]byte(value)) {
		return value
	}
	if strings.HasPrefix(arg, "-p") && looksSecret([]byte(arg[2:])) {
		return arg[2:]
	}
	return ""
}

// userFlag reports whether a flag takes name:password.
func userFlag(flag string) bool { return flag == "-u" || flag == "--user" }

// WeighArgument is weighText for a flag whose value is the next text in a list.
func WeighArgument(flag string) Strength {
	if userFlag(flag) {
		return IfUser
	}
	return weighText(flag)
}

// plainName reports whether name can be the name of a flag or an environment variable, and
// not the beginning of a URL or a sentence.
func plainName(name string) bool {
	for _, c := range []byte(name) {
		if class[c]&wordSet == 0 {
			return false
		}
	}
	return name != ""
}
