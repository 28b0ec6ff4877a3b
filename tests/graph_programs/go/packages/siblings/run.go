package main

func (s *service) run() {
	helper()
	s.step()
}

func (s *service) step() {}

func helper() {}

func defaultName() string { return "" }
