class Base:
    def __init__(self):
        self.ready = True

    def run(self):
        return "base"

    @classmethod
    def make(cls):
        return cls()


class Child(Base):
    def __init__(self):
        super().__init__()

    def run(self):
        return super().run()

    @classmethod
    def make(cls):
        return super().make()


Child.make().run()
