def first():
    pass


def second():
    pass


def third():
    pass


def fourth():
    pass


def fifth():
    pass


table = {None: first, 2.5: second, (1, 2): third, True: fourth, "a": fifth}


def use_none():
    table[None]()


def use_float():
    table[2.5]()


def use_pair():
    table[1, 2]()


def use_true():
    table[1]()


def use_text():
    table["a"]()


def use_variable():
    pair = (1, 2)
    table[pair]()


def use_stored():
    own = {}
    own[None] = first
    own["a"] = second
    fill(own)
    own["a"]()


def fill(given):
    given[False] = third


use_none()
use_float()
use_pair()
use_true()
use_text()
use_variable()
use_stored()
