def one():
    return "1"


def two():
    return "2"


def three():
    return "3"


def choose(flag):
    chosen = three
    if flag:
        chosen = one
    else:
        chosen = two
    return chosen()


def loop():
    f = one
    for _ in (1, 2):
        f()
        f = two


choose(True)
choose(False)
loop()
