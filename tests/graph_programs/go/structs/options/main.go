package main

type Server struct {
	port int
	hook func()
}

type Option func(*Server)

func WithPort(port int) Option {
	return func(s *Server) {
		s.port = port
	}
}

func WithHook(hook func()) Option {
	return func(s *Server) {
		s.hook = hook
	}
}

func NewServer(options ...Option) *Server {
	s := &Server{}
	for _, option := range options {
		option(s)
	}
	return s
}

func (s *Server) Start() {
	s.hook()
}

func ready() {}

func main() {
	s := NewServer(WithPort(80), WithHook(ready))
	s.Start()
}
