def call(*, before, after=None):
    before()
    if after:
        after()


def open_it():
    return 1


def close_it():
    return 2


call(before=open_it)
call(after=close_it, before=open_it)
