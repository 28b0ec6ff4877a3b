def apply(f):
    return f()


def shout():
    return "!"
