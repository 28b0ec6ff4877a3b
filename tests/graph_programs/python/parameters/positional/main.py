def call(f):
    f()


def pair(first, second):
    second()


def one():
    call(two)


def two():
    return 2


def three():
    return 3


call(one)
pair(two, three)
