package main

func first() {}

func second() {}

func third() {}

func run(f func()) {
	f()
}

func choose(flag bool) func() {
	if flag {
		return first
	}
	return second
}

func main() {
	f := first
	f()
	f = third
	f()
	run(second)
	choose(true)()
}
