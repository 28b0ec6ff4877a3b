class Node:
    def name(self):
        return "node"


class Leaf(Node):
    def name(self):
        return "leaf"


class Branch(Node):
    def name(self):
        return "branch"


def visit(node: Node):
    show_leaf(node)
    show_any(node)


def show_leaf(node: Leaf):
    node.name()


def show_any(node: Node):
    node.name()
