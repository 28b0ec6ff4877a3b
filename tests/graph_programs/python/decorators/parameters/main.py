def repeat(times):
    def decorate(f):
        def run(*args):
            for _ in range(times):
                f(*args)

        return run

    return decorate


@repeat(2)
def work(x):
    return x


@repeat(times=3)
def play():
    return None


work(1)
play()
