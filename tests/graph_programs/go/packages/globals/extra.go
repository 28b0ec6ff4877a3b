package main

var local func()

func setLocal() {
	local = custom
}
