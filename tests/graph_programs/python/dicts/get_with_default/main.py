import sys


def start():
    return 1


def stop():
    return 2


def unknown():
    return 3


COMMANDS = {"start": start, "stop": stop}


def run(name):
    return COMMANDS.get(name, unknown)()


for name in ["start", "stop", sys.byteorder]:
    run(name)
