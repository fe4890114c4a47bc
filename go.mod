module coredumpy

go 1.24
