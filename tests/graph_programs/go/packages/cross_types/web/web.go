package web

import "example.com/app/store"

type Handler struct {
	Store store.Store
}

func (h Handler) Handle() {
	h.Store.Load()
}

func Run(s store.Store) {
	s.Load()
}
