def one():
    return "1"


def two():
    return "2"


handlers = [one]
handlers += [two]
for handler in handlers:
    handler()
