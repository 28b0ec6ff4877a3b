"""What an object holds that is a list itself."""


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


class Black:
    def go(self):
        return "Black"


class Group(list):
    def fill(self, *some):
        for one in some:
            self.append(one)

    def all(self):
        for one in self:
            one.go()

    def first(self):
        self[0].go()
        self[1].go()

    def chosen(self):
        return [one for one in self if one is not None]


class Names(list):
    pass


class Others(list):
    pass


class Counted(list):
    def __init__(self, some):
        super().__init__(some)
        self.size = len(self)


class Set(set):
    def all(self):
        for one in self:
            one.go()


def given():
    for one in Names([Green()]):
        one.go()


def counted():
    Counted([Grey()])[0].go()


def one_of(group):
    for one in group.chosen():
        one.go()


def more(group):
    group += [Black()]
    group[-1].go()


def unique():
    some = Set()
    some.add(Black())
    some.all()


def main():
    group = Group()
    group.fill(Red(), Blue())
    group.all()
    group.first()
    one_of(group)
    given()
    counted()
    unique()


main()
other = Others()
more(other)
