def outer(f):
    def inner(g, h=f):
        h()
        return g()

    return inner(helper)


def helper():
    return 1


def base():
    return 2


outer(base)
