package main

type List[T any] struct {
	items []T
}

func NewList[T any]() *List[T] {
	return &List[T]{}
}

func (l *List[T]) Add(item T) {
	l.items = append(l.items, item)
}

func (l *List[T]) Each(f func(T)) {
	for _, item := range l.items {
		f(item)
	}
}

type Task struct{}

func (t Task) Run() {}

type Runner interface {
	Run()
}

func RunAll[R Runner](items []R) {
	for _, item := range items {
		item.Run()
	}
}

func main() {
	l := NewList[Task]()
	l.Add(Task{})
	l.Each(func(t Task) {
		t.Run()
	})
	RunAll([]Task{{}})
}
