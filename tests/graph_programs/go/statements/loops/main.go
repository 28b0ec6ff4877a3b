package main

func a() {}

func b() {}

func c() {}

func stop() bool { return true }

func seq(yield func(int) bool) {
	yield(1)
}

func main() {
	var f func()
outer:
	for {
		for i := range 3 {
			if i == 1 {
				f = a
				continue outer
			}
			if stop() {
				f = b
				break outer
			}
		}
	}
	f()
	g := c
	for n := 0; n < 2; n++ {
		g()
		g = a
	}
	for x := range seq {
		_ = x
		b()
	}
}
