package main

func first() {}

func second() {}

func third() {}

func never() {}

func main() {
	f := never
	f = first
	f()
	if len("x") > 0 {
		f = second
	}
	f()
	for i := 0; i < 2; i++ {
		f()
		f = third
	}
}
