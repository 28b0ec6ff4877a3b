def one():
    return "1"


def two():
    return "2"


def wrap(f):
    return lambda: f()


wrapped = []
for function in (one, two):
    wrapped.append(wrap(function))
for item in wrapped:
    item()
