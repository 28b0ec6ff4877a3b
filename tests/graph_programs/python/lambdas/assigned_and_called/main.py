def act(x):
    return x


double = lambda x: act(x)
double(2)
(lambda: act(1))()


def make():
    inner = lambda: act(3)
    return inner


make()()
