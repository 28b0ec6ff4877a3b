package main

func log() {}

func counter() func() int {
	count := 0
	return func() int {
		log()
		count++
		return count
	}
}

func main() {
	next := counter()
	next()
	func() {
		log()
	}()
}
