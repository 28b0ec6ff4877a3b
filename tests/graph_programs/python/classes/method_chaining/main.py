class Query:
    def where(self):
        return self

    def order(self):
        return self

    def build(self):
        return Result()


class Result:
    def first(self):
        return 1


Query().where().order().build().first()
