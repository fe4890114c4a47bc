package main

import (
	"fmt"
	"reflect"
)

// These are the messages of Delve's JSON-RPC API, version 2, as far as this program uses
// them: github.com/go-delve/delve/service/api and service/rpc2, checked on Delve 1.27.2.

type loadConfig struct {
	FollowPointers     bool
	MaxVariableRecurse int
	MaxStringLen       int
	MaxArrayValues     int
	MaxStructFields    int
}

type function struct {
	Name      string `json:"name"`
	Optimized bool   `json:"optimized"`
}

type location struct {
	PC       uint64    `json:"pc"`
	File     string    `json:"file"`
	Line     int       `json:"line"`
	Function *function `json:"function"`
}

func (l location) name() string {
	if l.Function == nil {
		return "?"
	}
	return l.Function.Name
}

type stackframe struct {
	location
	Locals    []variable
	Arguments []variable
	Err       string
}

// Flags of a variable.
const (
	flagEscaped  = 1 << 0
	flagShadowed = 1 << 1
	flagFake     = 1 << 5 // in registers, without an address
)

type variable struct {
	Name             string       `json:"name"`
	Addr             uint64       `json:"addr"`
	OnlyAddr         bool         `json:"onlyAddr"`
	Type             string       `json:"type"`
	Flags            int          `json:"flags"`
	Kind             reflect.Kind `json:"kind"`
	Value            string       `json:"value"`
	StringValueBytes []byte       // the value of a string that isn't UTF-8
	Len              int64        `json:"len"`
	Cap              int64        `json:"cap"`
	Children         []variable   `json:"children"`
	Base             uint64       `json:"base"`
	Unreadable       string       `json:"unreadable"`
	DeclLine         int
}

// brief describes what Delve shows, down to a depth.
func (v *variable) brief(depth int) string {
	s := fmt.Sprintf("%s %s", v.Type, v.Value)
	if v.Unreadable != "" {
		s += " (unreadable " + v.Unreadable + ")"
	}
	if v.Base != 0 || v.Len != 0 || v.Cap != 0 {
		s += fmt.Sprintf(" base %#x len %d cap %d", v.Base, v.Len, v.Cap)
	}
	if v.Addr != 0 {
		s += fmt.Sprintf(" at %#x", v.Addr)
	}
	for i := range v.Children {
		if depth == 0 || i == 3 {
			return s + " ..."
		}
		s += " {" + v.Children[i].Name + " " + v.Children[i].brief(depth-1) + "}"
	}
	return s
}

// text returns the value of a string.
func (v *variable) text() string {
	if len(v.StringValueBytes) > 0 {
		return string(v.StringValueBytes)
	}
	return v.Value
}

// field returns the field of a struct with the given name.
func (v *variable) field(name string) *variable {
	for i := range v.Children {
		if v.Children[i].Name == name {
			return &v.Children[i]
		}
	}
	return nil
}

// Values of a goroutine's status: _Grunning and, since Go 1.26, _Gdeadextra of
// runtime/runtime2.go.
const (
	statusRunning   = 2
	statusDeadExtra = 11
)

type goroutine struct {
	ID         int64    `json:"id"`
	CurrentLoc location `json:"currentLoc"`
	StartLoc   location `json:"startLoc"`
	ThreadID   int      `json:"threadID"`
	Status     uint64   `json:"status"`
	Unreadable string   `json:"unreadable"`
}

type breakpoint struct {
	ID           int    `json:"id"`
	Name         string `json:"name"`
	FunctionName string `json:"functionName"`
}

type thread struct {
	Breakpoint *breakpoint `json:"breakPoint"`
}

type state struct {
	Exited        bool    `json:"exited"`
	ExitStatus    int     `json:"exitStatus"`
	CurrentThread *thread `json:"currentThread"`
}

type (
	setAPIVersionIn  struct{ APIVersion int }
	setAPIVersionOut struct{}

	createBreakpointIn struct {
		Breakpoint breakpoint
		LocExpr    string
	}
	createBreakpointOut struct{ Breakpoint breakpoint }
	clearBreakpointIn   struct {
		ID int `json:"Id"`
	}
	clearBreakpointOut struct{}

	commandIn struct {
		Name string `json:"name"`
	}
	commandOut struct{ State state }

	listGoroutinesIn  struct{ Start, Count int }
	listGoroutinesOut struct{ Goroutines []goroutine }

	stacktraceIn struct {
		ID    int64 `json:"Id"`
		Depth int
		Full  bool
		Cfg   *loadConfig
	}
	stacktraceOut struct{ Locations []stackframe }

	detachIn  struct{ Kill bool }
	detachOut struct{}
)
