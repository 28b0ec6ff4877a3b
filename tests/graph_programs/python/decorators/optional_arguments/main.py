def flexible(f=None, *, name="x"):
    def decorate(g):
        def run():
            return g()

        return run

    if f is None:
        return decorate
    return decorate(f)


@flexible
def bare():
    return 1


@flexible(name="y")
def dressed():
    return 2


bare()
dressed()
