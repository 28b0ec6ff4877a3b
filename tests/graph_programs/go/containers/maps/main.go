package main

func add() {}

func remove() {}

func list() {}

func help() {}

const Default = "help"

var table = map[string]func(){
	"add":    add,
	"remove": remove,
	Default:  help,
}

func byName(name string) {
	if f, ok := table[name]; ok {
		f()
	}
}

func main() {
	table["add"]()
	table[Default]()
	local := map[string]func(){}
	local["x"] = list
	local["x"]()
	byName("remove")
}
