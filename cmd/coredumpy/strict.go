package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"

	"coredumpy"
	"coredumpy/internal/secrets"
	"coredumpy/internal/settings"
)

// redactFlags are the flags that say what is hidden.
type redactFlags struct {
	conf   string
	strict bool
	shown  []string
	show   ruleNames
}

// ruleNames are the rules for secrets that are turned off.
type ruleNames []string

func (r *ruleNames) add(list string) error {
	for name := range strings.SplitSeq(list, ",") {
		name = strings.TrimSpace(name)
		if err := secrets.CheckRule(name); err != nil {
			return err
		}
		*r = append(*r, name)
	}
	return nil
}

const strictFlagsHelp = `  -show RULE,RULE   show what these rules would hide: see coredumpy help secrets
  -strict           hide all text of the program's memory; numbers, names and the
                    source stay, see coredumpy help secrets
  -show-text NAME   with -strict, show text in a type, a field, a variable or a
                    package nevertheless: main.Order.Status; may be repeated
`

func (r *redactFlags) add(flags *flag.FlagSet) {
	flags.StringVar(&r.conf, "conf", "", "")
	flags.BoolVar(&r.strict, "strict", false, "")
	flags.Func("show", "", r.show.add)
	flags.Func("show-text", "", func(name string) error {
		r.shown = append(r.shown, name)
		return settings.CheckShowText(name)
	})
}

// configure changes the settings as the flags say.
func (r *redactFlags) configure(c *coredumpy.Configuration) error {
	if r.conf != "" {
		text, err := os.ReadFile(r.conf)
		if err != nil {
			return err
		}
		if err := configure(c, text); err != nil {
			return fmt.Errorf("%s: %w", r.conf, err)
		}
	}
	c.HideText = c.HideText || r.strict
	c.ShowRules = append(c.ShowRules, r.show...)
	c.ShowText = append(c.ShowText, r.shown...)
	if len(r.shown) > 0 && !c.HideText {
		return errors.New("-show-text is for dumps without other text: add -strict")
	}
	return nil
}
