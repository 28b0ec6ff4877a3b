import base


class Row:
    def show(self):
        return 1


class Keeper:
    def __init__(self):
        self.connection = base.connect()

    def work(self):
        self.connection.send()


def load():
    row: Row = base.query()
    row.show()


def stored():
    return Keeper()


load()
stored().work()
