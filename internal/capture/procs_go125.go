//go:build go1.25

package capture

import "runtime"

func setDefaultProcs() { runtime.SetDefaultGOMAXPROCS() }
