def load():
    return 1


class Loader:
    def go(self):
        return load()
