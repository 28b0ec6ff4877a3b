from dataclasses import dataclass, field


def default():
    return Part()


class Part:
    def work(self):
        return 1


@dataclass
class Machine:
    name: str
    part: Part
    extra: Part = field(default_factory=default)

    def __post_init__(self):
        self.check()

    def check(self):
        return self.part.work()

    def run(self):
        return self.extra.work()


Machine("m", Part()).run()
