def one():
    return 1


def two(value):
    return value


def three():
    return 3


class Box:
    def open(self):
        return three()


def run():
    return eval("one()")


def act():
    exec("two(one())")


def reach():
    box = Box()
    return eval("box.open()")


def name():
    return eval("three")()


run()
act()
reach()
name()
