from contextlib import contextmanager


class Session:
    def query(self):
        return 1

    def close(self):
        return 2


@contextmanager
def session():
    made = Session()
    try:
        yield made
    finally:
        made.close()


with session() as current:
    current.query()
