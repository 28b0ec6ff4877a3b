"""A default is one value of many where a caller hands on options of which nothing is known."""

import sys


class Red:
    def go(self):
        return "Red"


class Blue:
    def go(self):
        return "Blue"


class Green:
    def go(self):
        return "Green"


SERVERS = {"red": Red, "blue": Blue, "green": Green}


def run(server="red", **options):
    SERVERS[server]().go()


def start(**options):
    run(**options)


def plain(server="red"):
    SERVERS[server]().go()


plain()
if sys.argv[1:] != ["never"]:
    for name in ("red", "blue", "green"):
        globals()["sta" + "rt"](server=name)
