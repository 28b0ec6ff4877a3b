package main

func before() {}

func after() {}

func main() {
	var visit func(n int)
	visit = func(n int) {
		if n > 0 {
			visit(n - 1)
		}
	}
	visit(3)
	step := before
	set := func() {
		step = after
	}
	set()
	step()
	call := func() {
		step()
	}
	call()
}
