package main

func one() {}

func two() {}

func three() {}

func all(steps ...func()) {
	for _, step := range steps {
		step()
	}
}

func first(steps ...func()) {
	steps[0]()
}

func main() {
	all(one, two)
	list := []func(){three}
	first(list...)
}
