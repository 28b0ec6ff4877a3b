def make():
    return inner


def inner():
    return 1


def other():
    return None


if (found := make()) and (number := found()):
    other()

while (step := other()):
    step()
