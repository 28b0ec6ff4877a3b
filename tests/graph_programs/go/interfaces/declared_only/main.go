package main

type Notifier interface {
	Notify(text string)
}

type Mail struct{}

func (m Mail) Notify(text string) {}

type Phone struct{}

func (p Phone) Notify(text string) {}

func (p Phone) Call() {}

type Service struct {
	notifier Notifier
}

func (s *Service) Send() {
	s.notifier.Notify("x")
}
