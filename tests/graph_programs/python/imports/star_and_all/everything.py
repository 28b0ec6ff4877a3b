__all__ = ["shown", "_also"]


def shown():
    return 1


def _also():
    return 2


def usual():
    return "not exported"
