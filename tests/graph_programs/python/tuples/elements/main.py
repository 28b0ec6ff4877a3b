def one():
    return "1"


def two():
    return "2"


def both():
    return one, two


pair = (one, two)
pair[0]()
both()[1]()
(pair + (one,))[0]()
