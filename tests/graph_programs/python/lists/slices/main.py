def one():
    return "1"


def two():
    return "2"


functions = [one, one, two]
for function in functions[:2]:
    function()
part = functions[2:]
part[0]()
