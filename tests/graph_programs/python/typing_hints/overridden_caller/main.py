"""A class that has a method of its own for one does not take part in what that one calls."""


class Report:
    def full(self):
        return self.brief()

    def brief(self):
        return "brief"

    def long(self):
        return self.brief()


class Table(Report):
    def full(self):
        return self.rows()

    def brief(self):
        return "row"

    def rows(self):
        return "rows"

    def long(self):
        return super().long() + "!"


def show(report: Report):
    report.full()
    report.long()


show(globals()["Re" + "port"]())
show(globals()["Ta" + "ble"]())
