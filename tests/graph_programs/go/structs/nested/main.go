package main

type Engine struct{}

func (e *Engine) Start() {}

type Car struct {
	engine *Engine
	wheels []Wheel
}

type Wheel struct{}

func (w Wheel) Turn() {}

func (c *Car) Drive() {
	c.engine.Start()
	for _, w := range c.wheels {
		w.Turn()
	}
}

func main() {
	car := Car{engine: &Engine{}, wheels: []Wheel{{}, {}}}
	car.Drive()
	car.engine.Start()
}
