from . import sub


def start():
    return sub.act()
