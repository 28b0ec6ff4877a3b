package main

func first() {}

func second() {}

func third() {}

func main() {
	tests := []struct {
		name string
		run  func()
	}{
		{"one", first},
		{name: "two", run: second},
	}
	for _, tt := range tests {
		tt.run()
	}
	point := struct{ hook func() }{hook: third}
	point.hook()
}
