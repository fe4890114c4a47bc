package apitest
import ("testing";"coredumpy";"fmt")
func TestZZ(t *testing.T){
	config(t, func(c *coredumpy.Configuration){ c.MaxElements=3; c.MaxString=5 })
	ch := make(chan int, 9); for i := range 7 { ch<-i }
	arr := [6]int{1,2,3,4,5,6}
	m := map[int]int{1:1,2:2,3:3,4:4}
	d := take(t, coredumpy.Var("s", []int{1,2,3,4,5}), coredumpy.Var("a", arr), coredumpy.Var("pa", &arr), coredumpy.Var("m", m), coredumpy.Var("c", ch),
	 coredumpy.Var("str", "hello world"), coredumpy.Var("b", []byte("hello world")), coredumpy.Var("ba", [11]byte([]byte("hello world"))), coredumpy.Var("r", []rune("hello world")), coredumpy.Var("st", struct{A [5]int}{}))
	for _, f := range d.current(t).Frames[0].Vars {
		v := f.Value.Elem()
		fmt.Printf("%s: %s len %d stored %d reason %q | idx3 %q\n", f.Name, show(v), v.Len(), v.Stored(), v.Reason(), v.Index(4).Reason())
	}
	fmt.Println(d.cuts())
	fmt.Println(d.text[len(d.text)-3000:])
}
