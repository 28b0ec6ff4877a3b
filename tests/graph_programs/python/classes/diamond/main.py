class Root:
    def visit(self):
        return "root"


class Left(Root):
    def visit(self):
        return super().visit()


class Right(Root):
    def visit(self):
        return super().visit()

    def only_right(self):
        return 1


class Bottom(Left, Right):
    def visit(self):
        return super().visit()


bottom = Bottom()
bottom.visit()
bottom.only_right()
