LIMIT = 5
NAMES = {"a": 1}


class Box:
    size = 3

    def __init__(self):
        self.held = 1

    def read(self):
        return self.held + self.size


class Small(Box):
    pass
