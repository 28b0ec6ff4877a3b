def first():
    pass


def second():
    pass


def third():
    pass


def by_local(action):
    other = third
    locals()["action"]()
    return other


def by_name():
    one = third
    return vars()["one"]


vars()["first"]()
locals()["by_local"](second)
by_name()()
