def guarded(method):
    def wrapper(self, *args):
        self.check()
        return method(self, *args)

    return wrapper


class App:
    @guarded
    def add(self, name):
        return self.keep(name)

    def keep(self, name):
        return name

    def check(self):
        return True
