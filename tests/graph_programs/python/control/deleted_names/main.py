def one():
    return 1


def two():
    return 2


def run():
    f = one
    f()
    del f
    f = two
    f()


run()
