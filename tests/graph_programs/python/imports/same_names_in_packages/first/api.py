from .helpers import help


def run():
    return help()
