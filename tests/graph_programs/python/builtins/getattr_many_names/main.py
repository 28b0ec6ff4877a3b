import sys


class Visitor:
    def visit(self, kind):
        return getattr(self, f"visit_{kind}", self.other)()

    def other(self):
        return 0


class Printer(Visitor):
    def visit_a(self):
        return 1

    def visit_b(self):
        return 2

    def visit_c(self):
        return 3

    def visit_d(self):
        return 4

    def visit_e(self):
        return 5

    def visit_f(self):
        return 6

    def visit_g(self):
        return 7

    def visit_h(self):
        return 8

    def visit_i(self):
        return 9

    def leave_a(self):
        return "never called"


class Silent:
    def visit_a(self):
        return "never called"


for kind in "abcdefghiz" + sys.byteorder[9:]:
    Printer().visit(kind)
