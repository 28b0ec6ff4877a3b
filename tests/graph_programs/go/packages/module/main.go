package main

import (
	"example.com/shop/cart"
	money "example.com/shop/internal/price"
	. "example.com/shop/tools"
	_ "example.com/shop/drivers"
)

func main() {
	c := cart.New()
	c.Add("x")
	money.Format(1)
	Trim("y")
	cart.DefaultHook()
}
