class Money:
    def __init__(self, amount):
        self.amount = amount

    def __add__(self, other):
        return Money(self.amount)

    def __radd__(self, other):
        return self

    def __iadd__(self, other):
        return self

    def __mul__(self, factor):
        return self

    def __neg__(self):
        return self

    def show(self):
        return self.amount


def total(left, right):
    return left + right


total(Money(1), Money(2)).show()
(1 + Money(1)).show()
money = Money(3)
money += 1
(-money * 2).show()
sum([money, money])
