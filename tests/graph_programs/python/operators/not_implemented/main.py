"""What an operator says where it does not know the other side is no value of it."""


class Part:
    def __init__(self, name):
        self.name = name

    def __or__(self, other):
        if not isinstance(other, Part):
            return NotImplemented
        return Part(self.name + other.name)

    def split(self):
        return list(self.name)


def join():
    both = Part("a") | Part("b")
    return both.split()


join()
