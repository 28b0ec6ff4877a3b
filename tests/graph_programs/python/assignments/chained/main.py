def first():
    return 1


def second():
    return 2


a = b = first
c = b
a()
c()
a = b = second
b()
