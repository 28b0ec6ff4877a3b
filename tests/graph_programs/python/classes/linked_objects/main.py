class Node:
    def __init__(self, following=None):
        self.following = following

    def last(self):
        if self.following is None:
            return self
        return self.following.last()

    def name(self):
        return 1


chain = Node(Node(Node()))
chain.last().name()
chain.following.following.name()
