package main

type Handler interface {
	Serve(name string)
}

type HandlerFunc func(name string)

func (f HandlerFunc) Serve(name string) {
	f(name)
}

func greet(name string) {}

func run(h Handler) {
	h.Serve("x")
}

func main() {
	run(HandlerFunc(greet))
}
