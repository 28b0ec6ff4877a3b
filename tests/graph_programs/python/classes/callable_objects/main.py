class Adder:
    def __init__(self, n):
        self.n = n

    def __call__(self, x):
        return plus(self.n, x)


def plus(a, b):
    return a + b


def use(f):
    return f(2)


add = Adder(1)
add(1)
use(add)
Adder(3)(4)
