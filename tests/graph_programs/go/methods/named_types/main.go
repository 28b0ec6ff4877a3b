package main

type Color int

const (
	Red Color = iota
	Green
)

func (c Color) String() string {
	return name(int(c))
}

func name(n int) string {
	return ""
}

type Stack []func()

func (s *Stack) Push(f func()) {
	*s = append(*s, f)
}

func (s Stack) Run() {
	for _, f := range s {
		f()
	}
}

func job() {}

func main() {
	Green.String()
	c := Color(1)
	c.String()
	s := Stack{}
	s.Push(job)
	s.Run()
}
