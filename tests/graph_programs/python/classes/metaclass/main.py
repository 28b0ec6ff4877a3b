def register(cls):
    return cls


class Meta(type):
    def __new__(mcs, name, bases, space):
        return register(super().__new__(mcs, name, bases, space))

    def __call__(cls, *args):
        cls.count()
        return super().__call__(*args)

    def count(cls):
        return 1


class Thing(metaclass=Meta):
    def __init__(self, x):
        self.x = x


Thing(1)
Thing.count()
