def one():
    return "1"


def two():
    return "2"


def three():
    return "3"


f = one
f()
f = two
g = f
f = three


def run():
    h = one
    h = two
    h()
    h = three
    return h


g()
run()
