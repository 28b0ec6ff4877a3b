class Size:
    def __init__(self, n):
        self.n = n

    def __eq__(self, other):
        return self.n == other.n

    def __lt__(self, other):
        return self.n < other.n

    def __le__(self, other):
        return self.compare(other)

    def compare(self, other):
        return True


small, large = Size(1), Size(2)
small == large
small != large
small < large <= large
large > small
sorted([large, small])
