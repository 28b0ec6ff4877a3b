import functools


def traced(f):
    @functools.wraps(f)
    def wrapper(*args, **kwargs):
        note()
        yield from f(*args, **kwargs)

    return wrapper


def note():
    return 1


class Feed:
    @traced
    def items(self):
        yield Item()

    @classmethod
    @functools.lru_cache
    def shared(cls):
        return cls()


class Item:
    def use(self):
        return 1


for item in Feed.shared().items():
    item.use()
