def first():
    pass


def second():
    pass


def third():
    pass


action = first


def run():
    action()


run()
action = second


def bound():
    step = first

    def inner():
        step()

    inner()
    step = second
    inner()
    step = third
    return step


def escapes():
    step = first

    def inner():
        step()

    inner()
    step = second
    return inner


def repeats():
    step = first

    def inner():
        step()

    for following in (second, third, first):
        inner()
        step = following


def by_another():
    step = first

    def inner():
        step()

    def other():
        inner()

    inner()
    step = second
    other()


def lazy():
    step = first

    def inner():
        yield step()

    for _ in inner():
        pass
    made = inner()
    step = second
    for _ in made:
        pass


def remembered():
    step = first

    def inner():
        return lambda: step()

    inner()()
    made = inner()
    step = second
    made()


bound()()
escapes()()
repeats()
by_another()
lazy()
remembered()
