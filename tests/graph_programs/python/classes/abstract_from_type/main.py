"""An object of a class that only declares is one of a class below."""

from abc import ABC, abstractmethod


class Base(ABC):
    @abstractmethod
    def run(self):
        """Run it."""

    def start(self):
        return self.run()


class First(Base):
    def run(self):
        return 1


class Second(Base):
    def run(self):
        return 2


class Context:
    kind: type[Base]

    def make(self) -> Base:
        return self.kind()


def work(context: Context):
    context.make().run()
    context.make().start()


one, other = Context(), Context()
setattr(one, "ki" + "nd", First)
setattr(other, "ki" + "nd", Second)
work(one)
work(other)
