import itertools
from itertools import chain


def one():
    return "1"


def two():
    return "2"


def check(x):
    return x


for function in chain([one], (two,)):
    function()
for group, items in itertools.groupby([1, 1], key=check):
    group
pairs = [f() for f in itertools.islice([one, two], 1)]
