def one():
    return "1"


def two():
    return "2"


def three():
    return "3"


def pick():
    return one, (two, three)


a, b = one, two
b, a = a, b


def swapped():
    left, (middle, right) = pick()
    middle()
    return left


swapped()()
(x, y), z = (three, one), two
x()
