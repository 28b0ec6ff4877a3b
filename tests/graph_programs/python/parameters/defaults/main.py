def fallback():
    return 1


def special():
    return 2


def run(f=fallback):
    return f()


def never(f=fallback):
    return f()


run()
run(special)
never(special)
