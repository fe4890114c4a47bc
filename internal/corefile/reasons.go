package corefile

// These are the reasons for a dump, see Head. Other versions may have others.
const (
	ForPanic       = "panic"
	ForRecovered   = "recovered panic"
	ForFatalError  = "fatal error"
	ForSignal      = "signal"
	ForTestFailure = "test failure"
	ForExit        = "exit"
	ForAsked       = "dump" // the program, or somebody beside it, wanted one: nothing had failed
)
