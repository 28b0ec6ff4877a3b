package main

import "fmt"

func helper(n int) int {
	return n + 1
}

func unused() {
	helper(3)
}

func main() {
	fmt.Println(helper(2))
}
