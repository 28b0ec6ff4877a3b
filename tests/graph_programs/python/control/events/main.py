class Emitter:
    def __init__(self):
        self.listeners = {}

    def on(self, name, listener):
        self.listeners.setdefault(name, []).append(listener)

    def emit(self, name, *args):
        for listener in self.listeners.get(name, []):
            listener(*args)


def opened(x):
    return x


class Window:
    def __init__(self, emitter):
        emitter.on("close", self.close)

    def close(self, x):
        return x


emitter = Emitter()
emitter.on("open", opened)
Window(emitter)
emitter.emit("open", 1)
emitter.emit("close", 2)
