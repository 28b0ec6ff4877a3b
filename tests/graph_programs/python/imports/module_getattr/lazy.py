def plain():
    return 0


def _make():
    return 1


def _load(name):
    return _make


def __getattr__(name):
    if name.startswith("_"):
        raise AttributeError(name)
    return _load(name)
