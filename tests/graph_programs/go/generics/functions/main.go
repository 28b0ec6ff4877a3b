package main

type Number interface {
	~int | ~float64
}

func Map[T, U any](items []T, f func(T) U) []U {
	var out []U
	for _, item := range items {
		out = append(out, f(item))
	}
	return out
}

func Sum[T Number](items []T) T {
	var total T
	for _, item := range items {
		total += item
	}
	return total
}

func double(n int) int { return n * 2 }

func main() {
	Map([]int{1}, double)
	Map[int, int]([]int{1}, double)
	Sum[int]([]int{1})
	f := Sum[float64]
	f(nil)
}
