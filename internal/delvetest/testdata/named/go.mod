module example.com/named

go 1.24

require coredumpy v0.0.0

replace coredumpy => ../../../..
