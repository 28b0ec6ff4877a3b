from typing import Optional


class Service:
    def run(self):
        return 1


class Special(Service):
    def run(self):
        return 2


class Lonely:
    def go(self):
        return 3


def one(lonely: Lonely):
    return lonely.go()


def maybe(lonely: Optional[Lonely]):
    if lonely:
        lonely.go()


def text(lonely: "Lonely | None" = None):
    return lonely.go()


def many(lonelies: list[Lonely]):
    for each in lonelies:
        each.go()


def both(service: Service):
    return service.run()
