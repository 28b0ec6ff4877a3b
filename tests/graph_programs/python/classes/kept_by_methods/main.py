class First:
    def go(self):
        pass


class Second:
    def go(self):
        pass


class Holder:
    def __init__(self):
        self.one = None
        self.items = []
        self.named = {}

    def keep(self, item):
        self.one = item

    def add(self, item):
        self.items.append(item)

    def put(self, name, item):
        self.named[name] = item


def by_attribute():
    left = Holder()
    left.keep(First())
    right = Holder()
    right.keep(Second())
    right.one.go()


def by_list():
    left = Holder()
    left.add(First())
    right = Holder()
    right.add(Second())
    for item in right.items:
        item.go()


def by_dict():
    left = Holder()
    left.put("k", First())
    right = Holder()
    right.put("k", Second())
    left.named["k"].go()


by_attribute()
by_list()
by_dict()
