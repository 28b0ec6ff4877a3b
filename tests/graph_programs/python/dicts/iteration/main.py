def first():
    return 1


def second():
    return 2


table = {"a": first, "b": second}
for name, function in table.items():
    function()


def all_values():
    return [function() for function in table.values()]


def by_key():
    for key in table:
        table[key]()


all_values()
by_key()
