class Proxy:
    def __init__(self, target):
        self.target = target

    def __getattr__(self, name):
        return note(name)


def note(name):
    return name


proxy = Proxy(1)
print(proxy.anything)
