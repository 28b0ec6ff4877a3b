package main

type Store interface {
	Get(key string) string
	Put(key string)
}

type Memory struct{}

func (m *Memory) Get(key string) string { return "" }

func (m *Memory) Put(key string) {}

type Logged struct {
	Store
}

func (l *Logged) Put(key string) {
	note(key)
	l.Store.Put(key)
}

func note(key string) {}

func use(s Store) {
	s.Put("k")
	s.Get("k")
}

func main() {
	use(&Logged{Store: &Memory{}})
}
