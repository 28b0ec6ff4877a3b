import shop

shop.sell()
