class Resource:
    def __enter__(self):
        self.open()
        return self

    def __exit__(self, kind, value, trace):
        close()

    def open(self):
        return 1

    def use(self):
        return 2


def close():
    return 3


with Resource() as resource:
    resource.use()
