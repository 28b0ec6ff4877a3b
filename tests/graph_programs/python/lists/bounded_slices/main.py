from numbers_of import PICK


def one():
    return 1


def two():
    return 2


def three():
    return 3


def four():
    return 4


def middle():
    for each in [one, two, three][1:2]:
        each()


def rest():
    steps = [one, two, three, four]
    for each in steps[2:]:
        each()


def start():
    steps = (one, two, three)
    first, *others = steps[:2]
    first()
    return others


def last():
    for each in [one, two, three][-1:]:
        each()


def all_of():
    for each in [one, two][:]:
        each()


def by_number(size):
    for each in [one, two, three][size:]:
        each()


def picked():
    [one, two][PICK]()


middle()
rest()
start()
last()
all_of()
by_number(len("a") - 1)
picked()
