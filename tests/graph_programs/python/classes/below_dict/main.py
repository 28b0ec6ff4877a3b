"""What an object holds that is a dict itself."""

from collections import OrderedDict, UserDict


class Red:
    def go(self):
        return "Red"


class Blue:
    def go(self):
        return "Blue"


class Green:
    def go(self):
        return "Green"


class Grey:
    def go(self):
        return "Grey"


class Black:
    def go(self):
        return "Black"


class Registry(dict):
    def add(self, name, one):
        self[name] = one

    def run(self, name):
        self[name].go()

    def run_all(self):
        for one in self.values():
            one.go()


class Ordered(OrderedDict):
    def __setitem__(self, key, value):
        super().__setitem__(key, value)

    def last(self):
        for _, one in self.items():
            one.go()


class Kept(UserDict):
    def all(self):
        for one in self.data.values():
            one.go()


class Config(dict):
    def __getitem__(self, key):
        return super().__getitem__(key)


def red(registry):
    registry["red"].go()


def blue(registry):
    registry["blue"].go()


def configure():
    config = Config({"a": Grey(), "b": Black()})
    config["a"].go()
    config.get("b").go()


def main():
    registry = Registry()
    registry.add("blue", Blue())
    registry["red"] = Red()
    red(registry)
    blue(registry)
    registry.run("blue")
    registry.run_all()
    ordered = Ordered()
    ordered["x"] = Green()
    ordered.last()
    kept = Kept()
    kept["x"] = Black()
    kept.all()
    configure()


main()
