class Base:
    @property
    def name(self):
        return self.make()

    def make(self):
        return "base"

    def show(self):
        return self.name


class Child(Base):
    @property
    def name(self):
        return super().name

    def make(self):
        return "child"


Child().show()
