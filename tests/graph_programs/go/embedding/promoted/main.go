package main

type Animal struct {
	name string
}

func (a *Animal) Name() string {
	a.Sound()
	return a.name
}

func (a *Animal) Sound() {}

type Dog struct {
	Animal
}

func (d *Dog) Sound() {
	d.Animal.Sound()
}

type Puppy struct {
	*Dog
}

func main() {
	d := &Dog{}
	d.Name()
	d.Sound()
	p := Puppy{Dog: d}
	p.Name()
	p.Sound()
}
