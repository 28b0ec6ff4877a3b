from pkg import LIMIT
from pkg import values
from pkg.values import *
from pkg.values import LIMIT as most


def check():
    return LIMIT + most


def look():
    return values.NAMES, NAMES


def fill(box: values.Box):
    box.held = 2


fill(Small())
check()
look()
Box().read()
