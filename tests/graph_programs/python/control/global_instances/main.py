class Config:
    def __init__(self):
        self.values = {}

    def get(self, name):
        return self.values.get(name)


_config = None


def config():
    global _config
    if _config is None:
        _config = Config()
    return _config


def read(name):
    return config().get(name)


read("a")
