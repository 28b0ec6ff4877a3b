import functools
from functools import partial


def power(base, exponent):
    return base**exponent


def apply(f, x):
    return f(x)


square = partial(power, exponent=2)
square(3)
apply(functools.partial(apply, square), 4)
