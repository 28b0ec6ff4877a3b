from .cart import Cart
from .payment import settle as pay

__all__ = ["Cart", "pay"]
