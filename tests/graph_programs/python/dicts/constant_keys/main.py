def one():
    return "1"


def two():
    return "2"


def three():
    return "3"


table = {"one": one, "two": two}
table["one"]()
table["three"] = three
key = "three"
table[key]()
table.get("two")()
