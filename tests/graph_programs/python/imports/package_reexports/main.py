import shop
from shop import Cart, pay

pay(Cart())
shop.Cart().add()
