import atexit
import re


def replace(found):
    return upper(found.group())


def upper(text):
    return text


def leave():
    return 1


re.sub("a", replace, "banana")
atexit.register(leave)
