import ledger


class Row:
    def show(self):
        return 1


class Other:
    def hide(self):
        return 2


def queried():
    query = ledger.Session().query(Row)
    query.filter().first().show()
    for row in query.all():
        row.show()


def got():
    ledger.Session().get(Row, 1).show()


def boxed():
    box = ledger.box(Row())
    box.open().show()
    box.many()[0].show()


def entered():
    with ledger.opened(kind=Row) as row:
        row.show()


def apart():
    ledger.box(Other()).open().hide()
    ledger.box(Row()).open().show()


queried()
got()
boxed()
entered()
apart()
