def lower():
    pass


def upper():
    pass


signs = {-1: lower, 1: upper}


def fall():
    signs[-1]()


def rise():
    signs[1]()


def local():
    own = {-1: upper, "a": lower}
    own[-1]()


fall()
rise()
local()
