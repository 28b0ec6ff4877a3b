class Node:
    def __init__(self, value=0):
        self.value = value

    def copy(self):
        return self.__class__(self.value)

    def twin(self):
        return Node.plain(self.value)

    @staticmethod
    def plain(value):
        return Node(value)


Node().copy().twin().copy()
