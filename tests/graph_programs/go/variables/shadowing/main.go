package main

func show() {}

func other() {}

func len(s string) int { return size(s) }

func size(s string) int { return 0 }

func outer() {
	show := other
	show()
	if true {
		show := func() {}
		show()
	}
	show()
}

func main() {
	show()
	len("x")
	outer()
}
