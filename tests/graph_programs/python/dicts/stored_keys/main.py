"""What is stored under a key that a variable or an attribute holds is found under this key alone."""


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


class Slot:
    def __init__(self, key):
        self.key = key

    def put(self, table, value):
        table[self.key] = value


def put(table, key, value):
    table[key] = value


def attribute():
    table = {"c": Red()}
    Slot("a").put(table, Blue())
    table["c"].go()
    table["a"].go()


def parameter():
    table = {"x": Green()}
    put(table, "y", Grey())
    table["x"].go()
    return table


def beginning(name):
    table = {"plain": Black()}
    table["ext.%s" % name] = Red()
    table[f"own_{name}"] = Blue()
    table["plain"].go()
    return table


def found(table):
    table["ext.b"].go()


def other(table):
    table["own_b"].go()


def unknown(table, names):
    for name in names:
        put(table, name.strip(), Green())
    table["z"].go()


attribute()
parameter()["y"].go()
found(beginning("b"))
other(beginning("b"))
unknown({}, [" z "])
