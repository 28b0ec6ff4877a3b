from store import Shelf, client, keep, make, open_box, pages, transaction


class Thing:
    def go(self):
        return self

    def made(self):
        return self


def boxes():
    open_box().get().use()


def managed():
    with client() as inner:
        inner.ask()
    with transaction() as item:
        item.use()


def listed():
    shelf = Shelf()
    for item in shelf:
        item.use()
    shelf["a"].use()
    shelf.first().use()


def paged():
    page = pages().next()
    for entry in page.entries:
        entry.use()
    page.get().use()


def own():
    keep(Thing()).go()
    make(Thing).made()


boxes()
managed()
listed()
paged()
own()
