from inner import *


def usual():
    return deep()
