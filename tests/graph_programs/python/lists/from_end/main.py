def first():
    pass


def second():
    pass


def third():
    pass


steps = [first, second, third]


def last():
    steps[-1]()


def local():
    own = [first, second]
    own[-2]()


def pair():
    return (first, third)


last()
local()
pair()[-1]()
