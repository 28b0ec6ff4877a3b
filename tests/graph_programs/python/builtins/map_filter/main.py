def double(x):
    return x * 2


def is_small(x):
    return x < 3


def total(a, b):
    return a + b


numbers = list(map(double, filter(is_small, [1, 2, 3])))
sums = list(map(total, [1], [2]))
print(len(numbers), sums)
