def first():
    return 1


def second():
    return 2


table = {"a": first}
table["a"] = second
table["a"]()
del table["a"]
