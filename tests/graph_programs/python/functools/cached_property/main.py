from functools import cached_property


def load():
    return Record()


class Record:
    def show(self):
        return 1


class Page:
    @cached_property
    def record(self):
        return load()


page = Page()
page.record.show()
