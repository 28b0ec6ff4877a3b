class Shape:
    def area(self):
        return 1


class Circle(Shape):
    def area(self):
        return 2

    def radius(self):
        return 3


class Line:
    def area(self):
        return 4

    def length(self):
        return 5


def early(shape):
    if isinstance(shape, Circle):
        return shape.radius()
    return shape.area()


def both(shape):
    if not isinstance(shape, (Shape, str)):
        return shape.length()
    elif isinstance(shape, Circle):
        return shape.radius()
    else:
        return shape.area()


def kept(shape):
    assert isinstance(shape, Shape)
    return shape


for one in (Circle(), Line(), Shape()):
    early(one)
    both(one)
    try:
        kept(one).area()
    except AssertionError:
        pass
