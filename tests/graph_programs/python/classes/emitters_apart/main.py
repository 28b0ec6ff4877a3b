class Emitter:
    def __init__(self, listener):
        self.listener = listener

    def emit(self):
        return self.listener()


def open_it():
    return 1


def close_it():
    return 2


def run(first, second):
    first.emit()
    second.emit()


run(Emitter(open_it), Emitter(close_it))
