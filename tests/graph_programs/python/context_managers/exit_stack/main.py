from contextlib import ExitStack, closing, suppress


class File:
    def __enter__(self):
        return self

    def __exit__(self, *details):
        return None

    def read(self):
        return 1

    def close(self):
        return 2


def tidy():
    return 3


with ExitStack() as stack:
    file = stack.enter_context(File())
    file.read()
    stack.callback(tidy)
with closing(File()) as other, suppress(ValueError):
    other.read()
