def twice(f):
    def inner():
        f()
        return f()

    return inner


@twice
def work():
    return 1


work()
