package main

import (
	"example.com/app/a"
	"example.com/app/b"
)

func run() {}

func main() {
	run()
	a.Run()
	b.Run()
}
