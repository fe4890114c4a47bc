package main

import (
	"fmt"
	"slices"
	"strings"
)

// ofOriginal are flags of the original coredumpy, for Python, and what to do instead; "" stands
// for all commands that have none of their own.
var ofOriginal = map[string]map[string]string{
	"m":                {"": "name a command in place of a module, such as coredumpy run go test ./..."},
	"ipdb":             {"": "there is only the prompt of coredumpy load"},
	"conf":             {"load": "settings are for making dumps", "": ""},
	"enable-coredumpy": {"": "coredumpy test runs tests so that each that fails is dumped"},
	"coredumpy-dir":    {"": "write coredumpy test -dir DIR ./..."},
	"directory":        {"load": "name the dump, or open the newest one by coredumpy load in its directory", "": ""},
}

// ofOthers are flags that only some commands have, and these.
var ofOthers = []struct{ flags, commands []string }{
	{[]string{"dir", "directory", "path", "description", "depth"}, []string{"run", "test", "attach"}},
	{[]string{"conf", "strict", "show", "show-text"}, []string{"run", "test", "attach", "redact"}},
	{[]string{"max", "exit", "recovered", "exclude", "O"}, []string{"run", "test"}},
	{[]string{"c", "src", "color"}, []string{"load"}},
	{[]string{"json", "markdown"}, []string{"peek"}},
	{[]string{"listen", "remote"}, []string{"dap"}},
}

// problemOf says what is wrong with a command's flags: where one is unknown, which command has
// it, or what is done instead of what the original for Python does with it.
func problemOf(command string, err error) string {
	name, unknown := strings.CutPrefix(err.Error(), "flag provided but not defined: -")
	if !unknown {
		return err.Error()
	}
	if hints, ok := ofOriginal[name]; ok {
		hint := hints[command]
		if hint == "" {
			hint = hints[""]
		}
		if hint != "" {
			return fmt.Sprintf("-%s is for Python: %s", name, hint)
		}
	}
	if command == "peek" && (name == "dir" || name == "directory") {
		return fmt.Sprintf("-%s isn't needed: name the directory, as in coredumpy peek DIRECTORY", name)
	}
	for _, o := range ofOthers {
		if slices.Contains(o.flags, name) && !slices.Contains(o.commands, command) {
			return fmt.Sprintf("-%s is for coredumpy %s", name, strings.Join(o.commands, ", "))
		}
	}
	return err.Error()
}
