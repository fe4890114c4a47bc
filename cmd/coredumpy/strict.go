package main

import (
	"errors"
	"flag"
	"fmt"
	"os"

	"coredumpy"
	"coredumpy/internal/settings"
)

// redactFlags are the flags that say what is hidden.
type redactFlags struct {
	conf   string
	strict bool
	shown  []string
}

const strictFlagsHelp = `  -strict           hide all text of the program's memory; numbers, names and the
                    source stay, see coredumpy help secrets
  -show-text NAME   with -strict, show text in a type, a field, a variable or a
                    package nevertheless: main.Order.Status; may be repeated
`

func (r *redactFlags) add(flags *flag.FlagSet) {
	flags.StringVar(&r.conf, "conf", "", "")
	flags.BoolVar(&r.strict, "strict", false, "")
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
	c.ShowText = append(c.ShowText, r.shown...)
	if len(r.shown) > 0 && !c.HideText {
		return errors.New("-show-text is for dumps without other text: add -strict")
	}
	return nil
}
