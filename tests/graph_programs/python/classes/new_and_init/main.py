class Single:
    def __new__(cls, *args):
        prepare()
        return super().__new__(cls)

    def __init__(self, value):
        self.value = value


def prepare():
    return None


Single(1)
