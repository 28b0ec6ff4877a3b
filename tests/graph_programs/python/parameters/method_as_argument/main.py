class Bell:
    def __init__(self, name):
        self.name = name

    def ring(self):
        return self.louder()

    def louder(self):
        return self.name


def call(f):
    return f()


bell = Bell("b")
call(bell.ring)
ring = bell.louder
ring()
