class Stop(Exception):
    def __init__(self):
        note()


class Quiet(Stop):
    pass


def note():
    return 1


def halt():
    raise Quiet


try:
    halt()
except Stop:
    note()
