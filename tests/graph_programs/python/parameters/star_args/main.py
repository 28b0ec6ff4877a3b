def one():
    return "1"


def two():
    return "2"


def call_all(*functions):
    for function in functions:
        function()
    return functions[1]


def spread(a, b):
    b()


call_all(one, two)()
pair = (two, one)
spread(*pair)
