module example.com/front

go 1.24

tool example.com/front/starts
