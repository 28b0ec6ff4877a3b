package hooks

var OnStart = func() {}

func Fire() {
	OnStart()
}
