def act():
    return first()


def first():
    return 1


def second():
    return 2


if first() > 5:

    def act():
        return 3


def chosen():
    return 1


def use():
    return second()


use()
act()
