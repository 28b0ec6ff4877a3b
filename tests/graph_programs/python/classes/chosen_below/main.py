"""Of the classes in a list, those that are below one that is asked for."""


class Plugin:
    pass


class Auth(Plugin):
    pass


class Format(Plugin):
    pass


class Basic(Auth):
    def run(self):
        return "basic"


class Json(Format):
    def run(self):
        return "json"


class Manager(list):
    def register(self, *some):
        for one in some:
            self.append(one)

    def choose(self, kind=Plugin):
        return [one for one in self if issubclass(one, kind)]

    def auths(self):
        return self.choose(Auth)

    def formats(self):
        return self.choose(Format)


manager = Manager()
manager.register(Basic, Json)


def log_in():
    for one in manager.auths():
        one().run()


def write():
    for one in manager.formats():
        one().run()


def numbers(some):
    return [one.run() for one in some if isinstance(one, Json)]


log_in()
write()
numbers([Basic(), Json()])
