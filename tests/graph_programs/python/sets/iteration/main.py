def one():
    return "1"


def two():
    return "2"


chosen = {one}
chosen.add(two)
for function in chosen:
    function()
