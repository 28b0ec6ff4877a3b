registry = []


class Plugin:
    def __init_subclass__(cls, **options):
        remember(cls)

    def run(self):
        return 1


def remember(cls):
    registry.append(cls)


class Upper(Plugin):
    def run(self):
        return 2


class Lower(Plugin):
    def run(self):
        return 3


for plugin in registry:
    plugin().run()
