package main

type Counter struct {
	n int
}

func NewCounter() *Counter {
	return &Counter{}
}

func (c *Counter) Add() {
	c.log()
	c.n++
}

func (c Counter) Value() int {
	return c.n
}

func (c *Counter) log() {}

func main() {
	c := NewCounter()
	c.Add()
	var other Counter
	other.Value()
	third := new(Counter)
	third.Add()
}
