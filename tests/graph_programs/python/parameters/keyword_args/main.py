def one():
    return "1"


def two():
    return "2"


def call_named(**functions):
    functions["second"]()


def plain(first, second):
    first()


call_named(first=one, second=two)
options = {"first": one, "second": two}
plain(**options)
