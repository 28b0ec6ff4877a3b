package main

type service struct {
	name string
}

func newService() *service {
	return &service{name: defaultName()}
}
