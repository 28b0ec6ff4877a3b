def compute():
    return 1


class Box:
    def __init__(self):
        self._size = 0

    @property
    def size(self):
        return compute()

    @size.setter
    def size(self, value):
        self._size = check(value)

    @size.deleter
    def size(self):
        forget()

    def _get_weight(self):
        return 2

    weight = property(_get_weight)


def check(value):
    return value


def forget():
    return None


box = Box()
print(box.size, box.weight)
box.size = 3
del box.size
