def act():
    return "module"


def outer():
    def act():
        return "outer"

    class Local:
        def act(self):
            return act()

    act()
    return Local()


outer().act()
act()
