package main

type Handler func(string)

func log(name string) {}

func hello(name string) {}

func logged(next Handler) Handler {
	return func(name string) {
		log(name)
		next(name)
	}
}

func chain(h Handler, layers ...func(Handler) Handler) Handler {
	for _, layer := range layers {
		h = layer(h)
	}
	return h
}

func main() {
	h := chain(hello, logged)
	h("x")
}
