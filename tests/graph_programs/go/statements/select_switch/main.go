package main

func a() bool { return true }

func b() {}

func c() {}

func d() {}

func main() {
	ch := make(chan func(), 1)
	ch <- b
	select {
	case f := <-ch:
		f()
	default:
		c()
	}
	switch {
	case a():
		d()
	}
	var f func()
	switch x := 2; x {
	case 1:
		f = c
	case 2:
		f = d
		fallthrough
	default:
		f = b
	}
	f()
}
