def first():
    return 1


def second():
    return 2


def third():
    return 3


def other():
    return 4


TABLE = {"a": first, "b": second, "c": third}


def look_up(line):
    verb, *rest = line.split()
    found = TABLE.get(verb)
    return found()


def look_up_or(line):
    return TABLE.get(line.strip(), other)()


def look_up_else(line):
    found = TABLE.get(line.strip()) or other
    return found()


def call_else(line):
    return (TABLE.get(line.strip()) or other)()


def look_up_named(line):
    if found := TABLE.get(line.strip()):
        return found()
    return None


def take(line):
    return dict(TABLE).pop(line.strip())()


def keep(line):
    table = {"a": first}
    return table.setdefault(line.strip(), second)()


def never():
    found = TABLE.get("absent", other)
    return found()


class Router:
    def __init__(self):
        self.handlers = {}
        self.add("x", self.on_first)
        self.add("y", self.on_second)

    def add(self, name, handler):
        self.handlers[name] = handler

    def on_first(self):
        return "first"

    def on_second(self):
        return "second"

    def handle(self, message):
        handler = self.handlers.get(message["kind"])
        if handler is not None:
            return handler()
        return None


words = [chr(ord("a") + number) for number in range(3)]
for word in words:
    look_up(word + " rest")
    look_up_or(word)
    look_up_else(word)
    call_else(word)
    look_up_named(word)
    take(word)
    keep(word)
look_up_or("?")
look_up_else("?")
call_else("?")
never()
for sign in "xy":
    Router().handle({"kind": sign})
