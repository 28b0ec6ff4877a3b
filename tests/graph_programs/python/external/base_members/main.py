"""A class of the standard library gives what it has to those below, and nothing else."""

import threading

try:
    from collections import MutableMapping
except ImportError:
    from collections.abc import MutableMapping


class Shelf(MutableMapping):
    def __init__(self):
        self.kept = {}

    def __getitem__(self, key):
        return self.kept[key]

    def __setitem__(self, key, value):
        self.kept[key] = value

    def __delitem__(self, key):
        del self.kept[key]

    def __iter__(self):
        return iter(self.kept)

    def __len__(self):
        return len(self.kept)


class Worker(threading.Thread):
    def run(self):
        note("ran")


def note(text):
    return text


def words(thing):
    if isinstance(thing, str):
        return thing.split()
    if callable(thing):
        return thing()
    return thing.items()


def work():
    worker = Worker()
    worker.is_alive()
    worker.run()


words(Shelf())
words("a b")
words(list)
work()
