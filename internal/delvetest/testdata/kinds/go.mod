module example.com/kinds

go 1.24

require coredumpy v0.0.0

replace coredumpy => ../../../..
