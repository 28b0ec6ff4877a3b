from enum import Enum


class Color(Enum):
    RED = 1
    GREEN = 2


def stop():
    pass


def go():
    pass


actions = {Color.RED: stop, Color.GREEN: go}


def by_member():
    actions[Color.RED]()


def by_value(color):
    actions[color]()


def by_each():
    for color, action in actions.items():
        action()
        actions[color]()


by_member()
by_value(Color.RED)
by_value(Color.GREEN)
by_each()
