class lazy:
    def __init__(self, f):
        self.f = f

    def __get__(self, instance, owner=None):
        return self.f(instance)


class View:
    @lazy
    def model(self):
        return Model()

    def show(self):
        return self.model.load()


class Model:
    def load(self):
        return 1


View().show()
