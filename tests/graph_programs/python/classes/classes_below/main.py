class Plugin:
    def run(self):
        return 0


class First(Plugin):
    def run(self):
        return 1


class Second(Plugin):
    def __init__(self):
        self.ready = True

    def run(self):
        return 2


def run_all():
    for owner in Plugin.__subclasses__():
        owner().run()


run_all()
