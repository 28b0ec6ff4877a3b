def make_adder():
    def add(n):
        return n + 1

    return add


def make_maker():
    return make_adder


def compose(f, g):
    def run(x):
        return f(g(x))

    return run


add = make_maker()()
add(1)
compose(add, make_adder())(2)
