class Registry(type):
    def __init__(cls, name, bases, space):
        cls.note()

    def note(cls):
        return cls.title()

    @property
    def size(cls):
        return measure(cls)


def measure(cls):
    return 1


class Base(metaclass=Registry):
    @classmethod
    def title(cls):
        return "base"


class Child(Base):
    def __init__(self):
        self.ready = True


Child()
Child.note()
print(Child.size)
