package dap

import (
	"fmt"

	"coredumpy/internal/inspector"
)

type modulesArguments struct {
	Start int `json:"startModule"`
	Count int `json:"moduleCount"`
}

type modulesBody struct {
	Modules []module `json:"modules"`
	Total   int      `json:"totalModules"`
}

type module struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Version  string `json:"version,omitempty"`
	UserCode bool   `json:"isUserCode"`
}

// maxModules bounds how many modules are in a response.
const maxModules = 1000

// modules is the request: the modules of the program.
func (s *session) modules(args modulesArguments) (any, error) {
	if args.Start < 0 || args.Count < 0 {
		return nil, fmt.Errorf("modules: startModule %d and moduleCount %d must be 0 or more", args.Start, args.Count)
	}
	head := s.in.Head()
	all := []module{{ID: inspector.Standard, Name: "standard library", Version: shortName(head.GoVersion)}}
	if b := head.Build; b != nil {
		if b.Main != "" {
			name := shortName(b.Main)
			all = append(all, module{ID: name, Name: name, Version: shortName(b.Version), UserCode: true})
		}
		for _, d := range b.Deps {
			name := shortName(d[0])
			all = append(all, module{ID: name, Name: name, Version: shortName(d[1])})
		}
	}
	count := maxModules
	if args.Count > 0 {
		count = min(count, args.Count)
	}
	first := min(args.Start, len(all))
	return modulesBody{all[first:min(first+count, len(all))], len(all)}, nil
}
