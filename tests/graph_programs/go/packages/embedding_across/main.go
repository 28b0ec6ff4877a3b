package main

import "example.com/app/base"

type Server struct {
	base.Service
	*base.Logger
}

func (s *Server) Start() {
	s.Service.Start()
	s.Log("x")
	s.Stop()
}

func main() {
	s := &Server{Logger: &base.Logger{}}
	s.Start()
	s.Stop()
}
