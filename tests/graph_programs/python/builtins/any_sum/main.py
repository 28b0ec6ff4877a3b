def check(x):
    return x > 1


def value(x):
    return x


def run(xs):
    if any(check(x) for x in xs):
        return sum(value(x) for x in xs)
    return all(map(check, xs))


run([1, 2])
run([1])
