def check(value):
    return value


def note(name):
    return name


class Record:
    def __init__(self, size):
        self.size = size

    def __setattr__(self, name, value):
        check(value)
        super().__setattr__(name, value)

    def grow(self):
        self.size += 1


class Named(Record):
    def rename(self, name):
        self.name = name


class Plain:
    def __init__(self):
        self.size = 1


class Frozen:
    def __init__(self, handler):
        object.__setattr__(self, "handler", handler)
        self.__dict__["other"] = note

    def __setattr__(self, name, value):
        raise AttributeError(name)

    def run(self):
        self.other("x")
        return self.handler(1)


record = Record(2)
record.size = 3
record.grow()
Named(4).rename("n")
Plain()
Frozen(check).run()
