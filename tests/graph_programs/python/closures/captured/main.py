def outer(f):
    def middle():
        def inner():
            return f()

        return inner

    return middle()


def one():
    return 1


outer(one)()
