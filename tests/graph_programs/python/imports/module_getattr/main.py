import lazy
from lazy import plain, second


def run():
    return lazy.first()


run()
second()
plain()
