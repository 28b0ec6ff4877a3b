def first():
    return 1


def second():
    return 2


def machine():
    state = first

    def advance():
        nonlocal state
        state = second

    def run():
        return state()

    run()
    advance()
    return run


machine()()
