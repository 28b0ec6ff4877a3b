package main

type Shape interface {
	Area() float64
}

type Square struct{ side float64 }

type Circle struct{ radius float64 }

type Line struct{}

func (s Square) Area() float64 { return s.side * s.side }

func (c *Circle) Area() float64 { return c.radius }

func (l Line) Length() float64 { return 1 }

func total(shapes []Shape) float64 {
	sum := 0.0
	for _, shape := range shapes {
		sum += shape.Area()
	}
	return sum
}

func main() {
	total([]Shape{Square{side: 2}, &Circle{radius: 1}})
	Line{}.Length()
}
