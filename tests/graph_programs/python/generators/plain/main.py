def numbers():
    yield one
    yield two


def one():
    return "1"


def two():
    return "2"


for function in numbers():
    function()
made = numbers()
next(made)()
