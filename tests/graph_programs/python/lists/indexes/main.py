def one():
    return "1"


def two():
    return "2"


def three():
    return "3"


functions = [one, two, three]
functions[0]()
functions[-1]()
functions[1] = three
functions[1]()
