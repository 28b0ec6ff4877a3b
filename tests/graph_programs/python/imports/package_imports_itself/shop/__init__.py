from shop import stock
from shop.prices import price


def sell():
    return price(stock.take())
