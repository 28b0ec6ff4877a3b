from collections import defaultdict


def make():
    return Group()


class Group:
    def add(self, item):
        return item


groups = defaultdict(make)
groups["a"].add(1)
