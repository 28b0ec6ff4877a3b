from contextlib import contextmanager


def begin():
    return 1


@contextmanager
def tag(name):
    begin()
    yield Tag()


class Tag:
    def close(self):
        return 1


class Page:
    @contextmanager
    def section(self):
        with tag("a") as inner:
            yield inner

    def build(self):
        with self.section() as made:
            made.close()


Page().build()
