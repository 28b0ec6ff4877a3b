def first():
    return 1


def second():
    return 2


base = {"a": first}
merged = {**base, "b": second}
merged["a"]()
merged["b"]()
union = base | {"b": second}
union["b"]()
