class Failure(Exception):
    def __init__(self, reason):
        super().__init__(reason)
        self.reason = describe(reason)

    def explain(self):
        return self.reason


def describe(reason):
    return reason


def fail():
    raise Failure("x")


try:
    fail()
except Failure as failure:
    failure.explain()
