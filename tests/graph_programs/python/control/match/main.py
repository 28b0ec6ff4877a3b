class Circle:
    def __init__(self, radius):
        self.radius = radius

    def roll(self):
        return 1


class Square:
    __match_args__ = ("side",)

    def __init__(self, side):
        self.side = side

    def tilt(self):
        return 2


def act():
    return 3


def handle(shape):
    match shape:
        case Circle():
            return shape.roll()
        case Square(side) as square:
            side()
            return square.tilt()
        case [first, *_]:
            return first()
        case {"go": go}:
            return go()


handle(Circle(1))
handle(Square(act))
handle([act])
handle({"go": act})
