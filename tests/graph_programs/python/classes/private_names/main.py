class Account:
    def __init__(self):
        self.__balance()

    def __balance(self):
        return self._Account__total()

    def __total(self):
        return 1


class Sub(Account):
    def __balance(self):
        return 2


Sub()
