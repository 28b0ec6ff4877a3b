package main

func action() {}

func other() {}

func build() (run func(), err error) {
	run = action
	return
}

func pair() (func(), func()) {
	return action, other
}

func main() {
	run, err := build()
	if err == nil {
		run()
	}
	_, second := pair()
	second()
}
