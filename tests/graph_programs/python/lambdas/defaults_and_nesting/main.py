def one():
    return 1


def run(f=lambda: one()):
    return f()


run()
add = lambda a: lambda b: one()
add(1)(2)


class Kind:
    maker = lambda self: one()


Kind().maker()
