package main

import (
	"example.com/app/config"
	"example.com/app/hooks"
)

func custom() {}

func main() {
	hooks.OnStart = custom
	hooks.Fire()
	config.Default.Validate()
	config.Registry["json"].Parse()
	setLocal()
	local()
}
