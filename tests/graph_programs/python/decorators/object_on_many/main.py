class override:
    def __init__(self, **options):
        self.options = options

    def decorate_class(self, cls):
        cls.options = self.options
        return cls

    def __call__(self, decorated):
        if isinstance(decorated, type):
            return self.decorate_class(decorated)
        return decorated


class Base:
    def run(self):
        self.test()


@override(debug=True)
class First(Base):
    def test(self):
        self.first()

    def first(self):
        pass


@override(debug=False)
class Second(Base):
    def test(self):
        pass


class Third(First):
    def first(self):
        super().first()


@override(level=1)
def one():
    pass


@override(level=2)
def two():
    pass


def start():
    one()


Third().run()
Second().run()
start()
two()
