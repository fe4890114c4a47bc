package dap

// refusals are the requests that need a running program, and why they fail.
var refusals = map[string]string{
	"continue": "it can't be continued", "next": "it can't be stepped", "stepIn": "it can't be stepped",
	"stepOut": "it can't be stepped", "stepBack": "it can't be stepped", "reverseContinue": "it can't be continued",
	"restartFrame": "it can't be run again", "restart": "it can't be run again", "goto": "it can't be stepped",
	"pause": "nothing runs in it", "terminateThreads": "nothing runs in it",
	"setVariable": "it can't be changed", "setExpression": "it can't be changed", "writeMemory": "it can't be changed",
	"stepInTargets": "it can't be stepped", "gotoTargets": "it can't be stepped",
	"dataBreakpointInfo": "nothing runs in it", "disassemble": "it holds no instructions",
}

// breakpointsArguments are the arguments of all requests that set breakpoints.
type breakpointsArguments struct {
	Breakpoints []none `json:"breakpoints"`
}

type breakpointsBody struct {
	Breakpoints []breakpoint `json:"breakpoints"`
}

var noBreakpoints = breakpointsBody{[]breakpoint{}}

type breakpoint struct {
	Verified bool   `json:"verified"`
	Message  string `json:"message"`
}

// breakpoints is the requests that set breakpoints: none is ever hit.
func (s *session) breakpoints(args breakpointsArguments) (any, error) {
	const most = 10_000
	body := noBreakpoints
	for range min(len(args.Breakpoints), most) {
		body.Breakpoints = append(body.Breakpoints, breakpoint{Message: "this is a dump: no breakpoint is hit in it"})
	}
	return body, nil
}
