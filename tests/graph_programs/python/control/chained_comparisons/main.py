def low():
    return 1


def high():
    return 3


def value():
    return 2


def check():
    return low() < value() < high()


assert check()
print(value() if check() else low())
