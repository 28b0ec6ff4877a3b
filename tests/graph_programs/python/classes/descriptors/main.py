class Typed:
    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, instance, owner=None):
        return load(self.name)

    def __set__(self, instance, value):
        store(value)


def load(name):
    return name


def store(value):
    return value


class Point:
    x = Typed()

    def move(self):
        self.x = self.x


Point().move()
