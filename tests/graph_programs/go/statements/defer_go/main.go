package main

import "sync"

type Lock struct{}

func (l *Lock) Close() {}

func open() *Lock {
	return &Lock{}
}

func cleanup() {}

func task(n int) {}

func main() {
	l := open()
	defer l.Close()
	defer func() {
		if r := recover(); r != nil {
			cleanup()
		}
	}()
	go task(1)
	var once sync.Once
	once.Do(cleanup)
}
