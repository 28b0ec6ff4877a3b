class Base:
    def __init__(self, name):
        self.name = name
        self.setup()

    def setup(self):
        return "base"


class Middle(Base):
    pass


class Child(Middle):
    def setup(self):
        return "child"


Middle("a")
Child("b")
