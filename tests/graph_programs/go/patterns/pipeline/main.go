package main

import "sync"

type Stage func(<-chan int) <-chan int

func source() <-chan int {
	out := make(chan int)
	go func() {
		defer close(out)
		out <- produce()
	}()
	return out
}

func produce() int { return 1 }

func square(n int) int { return n * n }

func mapper(f func(int) int) Stage {
	return func(in <-chan int) <-chan int {
		out := make(chan int)
		go func() {
			for n := range in {
				out <- f(n)
			}
			close(out)
		}()
		return out
	}
}

func run(in <-chan int, stages ...Stage) <-chan int {
	for _, stage := range stages {
		in = stage(in)
	}
	return in
}

func main() {
	var wg sync.WaitGroup
	for n := range run(source(), mapper(square)) {
		wg.Add(1)
		go func(n int) {
			defer wg.Done()
			consume(n)
		}(n)
	}
	wg.Wait()
}

func consume(n int) {}
