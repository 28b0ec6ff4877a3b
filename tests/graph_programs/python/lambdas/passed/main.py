def apply(f, *args):
    return f(*args)


def one():
    return 1


apply(lambda: one())
apply(lambda f: f(), one)
apply(lambda f: f(), lambda: one())
