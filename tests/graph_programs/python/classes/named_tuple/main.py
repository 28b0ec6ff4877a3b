from typing import NamedTuple


def unit():
    return 1


class Point(NamedTuple):
    x: object
    y: object

    def run(self):
        return self.x()


Point(unit, 2).run()
