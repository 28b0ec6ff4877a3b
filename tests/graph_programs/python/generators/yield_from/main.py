def inner():
    yield act


def outer():
    yield from inner()
    yield other


def act():
    return 1


def other():
    return 2


for function in outer():
    function()
