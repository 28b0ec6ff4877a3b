def hi(self):
    return self.name()


def make(self):
    self.ready = True


class Base:
    def name(self):
        return "base"

    def told(self):
        return self.extra()


Greeter = type("Greeter", (Base,), {"hi": hi, "__init__": make})
Plain = type("Plain", (), dict(go=lambda self: 1))


def build(name):
    return type("Made", (Base,), {"extra": hi, "label": name})


Greeter().hi()
Greeter().name()
Plain().go()
build("Made")().told()
