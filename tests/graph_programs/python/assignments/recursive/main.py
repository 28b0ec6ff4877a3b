def func():
    return 1


a = func
b = a
a = b
c = [a]
d = (b, c)
d[1][0]()
