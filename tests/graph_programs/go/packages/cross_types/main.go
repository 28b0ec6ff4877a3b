package main

import (
	"example.com/app/store"
	"example.com/app/web"
)

func main() {
	handler := web.Handler{Store: store.NewMemory()}
	handler.Handle()
	web.Run(&store.Disk{})
}
