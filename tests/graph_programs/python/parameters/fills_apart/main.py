def extend(source, target):
    for name, functions in source.items():
        target[name].extend(functions)


def before():
    return 1


def after():
    return 2


first = {"a": [before]}
second = {"a": [after]}
all_before = {"a": []}
all_after = {"a": []}
extend(first, all_before)
extend(second, all_after)
for function in all_before["a"]:
    function()
