package hook

const kernelTellsPeer = true
