def outer(f):
    def run_outer():
        return f()

    return run_outer


def inner(f):
    def run_inner():
        return f()

    return run_inner


@outer
@inner
def work():
    return 1


work()
