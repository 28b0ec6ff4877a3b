package main

func main() {
	s := newService()
	s.run()
	helper()
}
