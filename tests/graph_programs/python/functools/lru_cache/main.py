import functools
from functools import cache, lru_cache


@lru_cache(maxsize=None)
def slow(n):
    return n


@cache
def slower(n):
    return slow(n)


class Table:
    @functools.lru_cache
    def row(self, n):
        return slower(n)


Table().row(1)
