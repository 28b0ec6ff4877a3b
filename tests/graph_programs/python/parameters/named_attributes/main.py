class Left:
    def go(self):
        return 1


class Right:
    def go(self):
        return 2


class Board:
    def show(self):
        self.first.go()

    def tell(self):
        self.second.go()


def attach(owner, name, value):
    setattr(owner, name, value)


board = Board()
attach(board, "first", Left())
attach(board, "second", Right())
board.show()
board.tell()
