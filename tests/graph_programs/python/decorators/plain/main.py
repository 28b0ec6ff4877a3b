def register(f):
    return f


def replace(f):
    return other


def other():
    return 2


@register
def kept():
    return 1


@replace
def gone():
    return 3


kept()
gone()
