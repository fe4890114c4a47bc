package unsafely

// sysProcessVMReadv is the number of the system call process_vm_readv.
const sysProcessVMReadv = 310
