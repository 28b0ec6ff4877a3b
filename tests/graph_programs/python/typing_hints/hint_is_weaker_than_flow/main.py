class Base:
    def run(self):
        return 1


class Used(Base):
    def run(self):
        return 2


class Unused(Base):
    def run(self):
        return 3


def start(base: Base):
    return base.run()


start(Used())
