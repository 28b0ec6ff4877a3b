package main

type Plugin interface {
	Start() error
}

type Alpha struct{}

func (Alpha) Start() error { return nil }

type Beta struct{}

func (*Beta) Start() error { return nil }

var registry = map[string]func() Plugin{}

func Register(name string, make func() Plugin) {
	registry[name] = make
}

func newAlpha() Plugin { return Alpha{} }

func init() {
	Register("alpha", newAlpha)
	Register("beta", func() Plugin { return &Beta{} })
}

func main() {
	create := registry["alpha"]
	plugin := create()
	if err := plugin.Start(); err != nil {
		panic(err)
	}
}
