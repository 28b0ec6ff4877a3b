package main

type Command struct {
	Name string
	Run  func(args []string) error
}

func build(args []string) error { return nil }

func test(args []string) error { return nil }

func clean(args []string) error { return nil }

func execute(c *Command) {
	c.Run(nil)
}

func main() {
	c := &Command{Name: "build", Run: build}
	execute(c)
	t := Command{"test", test}
	t.Run(nil)
	t.Run = clean
}
