from shop import stock


def price(item):
    return stock.take()
