class Engine:
    def noise(self):
        return "brum"


def run():
    return helper()


def helper():
    return 0
