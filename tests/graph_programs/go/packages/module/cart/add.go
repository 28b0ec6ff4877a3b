package cart

import "example.com/shop/internal/price"

func (c *Cart) Add(item string) {
	validate(item)
	price.Format(2)
}

func validate(item string) {
	hook()
}
