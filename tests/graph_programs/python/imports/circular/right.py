import left


def middle():
    return left.end()
