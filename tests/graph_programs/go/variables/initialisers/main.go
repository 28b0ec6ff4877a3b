package main

import "errors"

var ErrEmpty = errors.New("empty")

var config = load()

var hook = func() {
	fire()
}

var actions = []func(){start, stop}

func load() int { return compute() }

func compute() int { return 1 }

func fire() {}

func start() {}

func stop() {}

func init() {
	hook()
}

func main() {
	for _, action := range actions {
		action()
	}
}
