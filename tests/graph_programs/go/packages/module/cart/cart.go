package cart

type Cart struct {
	items []string
}

var DefaultHook = hook

func hook() {}

func New() *Cart {
	return &Cart{}
}
