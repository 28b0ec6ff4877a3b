from collections import namedtuple
import typing
from typing import NamedTuple


def first():
    pass


def second():
    pass


Pair = namedtuple("Pair", "action other")
Listed = namedtuple("Listed", ["action", "other"])
Typed = typing.NamedTuple("Typed", [("action", object), ("other", object)])


class Own(namedtuple("Own", ("action", "other"))):
    def run(self):
        self.action()


class Declared(NamedTuple):
    action: object
    other: object


def by_name():
    pair = Pair(first, 1)
    pair.action()


def by_place():
    pair = Listed(first, second)
    pair[1]()


def apart():
    action, _ = Typed(first, second)
    action()


def by_keyword():
    Pair(other=second, action=1).other()


def declared():
    _, other = Declared(first, second)
    other()


by_name()
by_place()
apart()
by_keyword()
declared()
Own(first, second).run()
