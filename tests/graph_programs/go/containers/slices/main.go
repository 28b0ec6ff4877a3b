package main

func one() {}

func two() {}

func three() {}

func main() {
	fs := []func(){one, two}
	fs[0]()
	more := append(fs, three)
	for _, f := range more {
		f()
	}
	var array [2]func()
	array[1] = three
	array[1]()
	nested := [][]func(){{two}}
	nested[0][0]()
}
