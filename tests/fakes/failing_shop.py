"""A small shop that fails in production: its files, the change that breaks it, and what it then prints."""

from typing import Final

CART: Final = """class Cart:
    def __init__(self, items):
        self.items = items

    def total(self):
        return sum(price(one) for one in self.items)


def price(item):
    return item["price"] * rate(item)


def rate(item):
    return {"book": 7, "tool": 19}[item["kind"]]
"""
API: Final = """from shop.cart import Cart
from shop.stock import load


def checkout(request):
    cart = Cart(load(request["items"]))
    return {"total": cart.total()}
"""
STOCK: Final = """def load(names):
    return [{"price": 3, "kind": "book", "name": name} for name in names]


def count(names):
    return len(names)
"""
MAIL: Final = """def greet(name):
    return "Dear " + name
"""
FILES: Final = {"shop/cart.py": CART, "shop/api.py": API, "shop/stock.py": STOCK, "shop/mail.py": MAIL}
BROKEN: Final = {"shop/stock.py": STOCK.replace('"price": 3', '"price": None')}
"""What feeds the function that throws, and is in no frame."""
TRACE: Final = """Traceback (most recent call last):
  File "/app/shop/api.py", line 7, in checkout
    return {"total": cart.total()}
  File "/app/shop/cart.py", line 6, in total
    return sum(price(one) for one in self.items)
  File "/app/shop/cart.py", line 6, in <genexpr>
    return sum(price(one) for one in self.items)
  File "/app/shop/cart.py", line 10, in price
    return item["price"] * rate(item)
TypeError: unsupported operand type(s) for *: 'NoneType' and 'int'
"""
