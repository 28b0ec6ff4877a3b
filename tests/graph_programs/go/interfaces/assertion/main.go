package main

type Speaker interface {
	Speak()
}

type Cat struct{}

func (c Cat) Speak() {}

func (c Cat) Purr() {}

type Dog struct{}

func (d *Dog) Speak() {}

func (d *Dog) Fetch() {}

func handle(s Speaker) {
	switch v := s.(type) {
	case Cat:
		v.Purr()
	case *Dog:
		v.Fetch()
	default:
		v.Speak()
	}
}

func direct(value any) {
	if cat, ok := value.(Cat); ok {
		cat.Purr()
	}
	value.(Speaker).Speak()
}

func main() {
	handle(Cat{})
	handle(&Dog{})
	direct(Cat{})
}
