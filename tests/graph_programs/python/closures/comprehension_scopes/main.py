def first(x):
    return x


def second(x):
    return x


def run(f):
    values = [f(x) for x in (1, 2)]
    inner = {g(1) for g in (second,)}
    f(values)
    return inner


f = second
run(first)
