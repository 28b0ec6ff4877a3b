class Broken(Exception):
    def __str__(self):
        return text()


def text():
    return "broken"


def convert(error):
    return Broken(error)


def run():
    try:
        int("x")
    except ValueError as error:
        raise convert(error) from error


try:
    run()
except Broken as broken:
    str(broken)
