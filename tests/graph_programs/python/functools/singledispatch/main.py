from functools import singledispatch


@singledispatch
def show(value):
    return fallback(value)


@show.register(int)
def show_int(value):
    return value


@show.register
def _(value: str):
    return shout(value)


def fallback(value):
    return value


def shout(value):
    return value


show(1)
show("a")
show(1.5)
