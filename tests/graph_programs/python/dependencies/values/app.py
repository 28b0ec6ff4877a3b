import desk
from desk import newer


def module_level():
    desk.lamp.on()
    desk.pen.write()
    desk.lamp.off()


def kept():
    table = desk.Desk(desk.pen)
    table.lamp.on()
    table.pen.write()
    table.spare.dim()
    table.rest()


def aliased():
    box = desk.BoxOfPens()
    box.open().write()
    box.open().sketch()


def newer_syntax():
    newer.first([1], desk.pen).write()
    newer.wrapped().top().write()
    newer.Stack()


def nested():
    desk.Desk.Drawer().pull()


def called():
    desk.maker()().write()
    desk.callback(print)


def chosen():
    desk.pick(desk.lamp, 1).on()


def unknown():
    desk.unknown().go().again()
    desk.lost.found()


def lists():
    for pen in desk.many():
        pen.write()
    for pen, lamp in desk.pairs():
        pen.write()
        lamp.on()
    for lamp in desk.sets():
        lamp.on()


module_level()
kept()
aliased()
newer_syntax()
nested()
called()
chosen()
unknown()
lists()
