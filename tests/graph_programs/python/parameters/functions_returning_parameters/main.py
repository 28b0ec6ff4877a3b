def identity(x):
    return x


def pick(first, second):
    return second


def one():
    return "1"


def two():
    return "2"


identity(one)()
pick(one, two)()
identity(pick)(two, one)()
