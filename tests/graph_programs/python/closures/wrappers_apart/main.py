def checked(function):
    def wrapper(*args):
        return function(*args)

    return wrapper


class Left:
    def left(self):
        return 1


class Right:
    def right(self):
        return 2


@checked
def make_left():
    return Left()


@checked
def make_right():
    return Right()


make_left().left()
make_right().right()
