import operator


def add(a, b):
    return a + b


def subtract(a, b):
    return a - b


OPERATIONS = {"+": add, "-": subtract, "*": operator.mul}


def calculate(sign, a, b):
    return OPERATIONS[sign](a, b)


calculate("+", 1, 2)
calculate("-", 1, 2)
calculate("*", 1, 2)
