def fast():
    return 1


def slow():
    return 2


def load(flag):
    try:
        if flag:
            raise ValueError("no")
        work = fast
    except ValueError:
        work = slow
    return work()


load(True)
load(False)
