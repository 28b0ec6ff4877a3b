def ring():
    return 1


class Base:
    bell = None

    def __init__(self):
        self.bell = ring

    def use(self):
        return self.bell()


class Child(Base):
    def again(self):
        return self.bell()


Child().again()
Base().use()
