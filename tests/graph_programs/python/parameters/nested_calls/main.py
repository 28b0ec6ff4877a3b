def inner():
    return 1


def wrap(f):
    def run():
        return f()

    return run


def show(value):
    return value


show(wrap(wrap(inner))())
