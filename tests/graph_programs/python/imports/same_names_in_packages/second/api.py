from second.helpers import help


def run():
    return help()
