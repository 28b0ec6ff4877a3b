import ast


def note(text):
    return text


class Names(ast.NodeVisitor):
    def __init__(self):
        self.found = []

    def visit_Name(self, node):
        self.found.append(note(node.id))

    def visit_FunctionDef(self, node):
        self.generic_visit(node)

    def helper(self):
        return self.found


def collect(source):
    names = Names()
    names.visit(ast.parse(source))
    return names.helper()


collect("def f():\n    def g():\n        return a")
collect("b")
