class Node:
    def accept(self, visitor):
        return visitor.visit(self)


class Leaf(Node):
    pass


class Visitor:
    def visit(self, node):
        return self.default(node)

    def default(self, node):
        return node


class Printer(Visitor):
    def default(self, node):
        return str(node)


Leaf().accept(Printer())
