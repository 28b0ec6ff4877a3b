from enum import Enum


def paint():
    return 1


class Color(Enum):
    RED = 1
    BLUE = 2

    def show(self):
        return paint()

    @classmethod
    def default(cls):
        return cls.RED


Color.RED.show()
Color.default().show()
Color(2).show()
Color["RED"].show()
for color in Color:
    color.show()
