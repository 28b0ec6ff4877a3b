class Counter:
    __slots__ = ("count",)
    instances = []

    def __init__(self):
        self.count = zero()
        Counter.instances.append(self)

    def grow(self):
        self.count += 1
        return self

    @classmethod
    def grow_all(cls):
        return [one.grow() for one in cls.instances]


def zero():
    return 0


Counter()
Counter.grow_all()
