import re

WORD = re.compile("[a-z]+")


def shout(found):
    return louder(found.group())


def louder(text):
    return text.upper()


def whisper(found):
    return found.group()


def replace_all(text):
    text = WORD.sub(shout, text)
    return re.sub("[A-Z]", lambda found: whisper(found), text)


replace_all("ab")
