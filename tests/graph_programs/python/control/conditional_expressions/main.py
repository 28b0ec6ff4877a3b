def one():
    return 1


def two():
    return 2


def three():
    return 3


def pick(flag, f=None):
    (one if flag else two)()
    chosen = f or three
    chosen()
    last = flag and two
    if last:
        last()


pick(True)
pick(False, one)
