def tools():
    return 1


def pick():
    return 2
