package debuginfo

// Tests read the executables of all systems.
func init() {
	formats["ELF"], formats["Mach-O"], formats["PE"] = newELF, newMachO, newPE
}
