"""Lists that are joined hold what both hold."""


class Red:
    def go(self):
        return "Red"


class Blue:
    def go(self):
        return "Blue"


class Green:
    def go(self):
        return "Green"


class Grey:
    def go(self):
        return "Grey"


def both(first, second):
    for one in first + second:
        one.go()


def longer(first, second):
    first += second
    for one in first:
        one.go()


def flat(rows):
    for one in sum(rows, []):
        one.go()


def spread(first, second):
    for one in [*first, *second]:
        one.go()


def repeated(some):
    for one in some * 2:
        one.go()


def again(some):
    for one in 2 * some:
        one.go()


def tuples(first, second):
    for one in first + second:
        one.go()


def sets(first, second):
    for one in first | second:
        one.go()


def less(first, second):
    for one in first - second:
        one.go()


both([Red()], [Blue()])
longer([Green()], [Red()])
flat([[Red()], [Green()]])
spread([Blue()], [Green()])
repeated([Red()])
again([Blue()])
tuples((Red(),), (Grey(),))
sets({Red()}, {Blue()})
less({Green()}, {Grey()})
