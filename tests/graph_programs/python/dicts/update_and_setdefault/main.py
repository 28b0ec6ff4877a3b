def first():
    return 1


def second():
    return 2


def third():
    return 3


def fourth():
    return 4


table = {"a": first}
table.update({"b": second})
table.update(c=third)
table.setdefault("d", fourth)()
table["b"]()
table["c"]()
