class Lock:
    def __enter__(self):
        return Key()

    def __exit__(self, *details):
        return None


class Door:
    def __init__(self, key):
        self.key = key

    def __enter__(self):
        return self

    def __exit__(self, *details):
        self.key.turn()


class Key:
    def turn(self):
        return 1


def run():
    with Lock() as key, Door(key) as door:
        door.key.turn()


run()
