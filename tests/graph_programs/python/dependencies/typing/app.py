import kit


def optional():
    found = kit.find("a")
    if found is not None:
        found.turn()


def union():
    kit.either().turn()


def overloaded():
    kit.load("a").turn()
    kit.load("a", 1).turn()


def aliased():
    kit.aliased().turn()


def classes():
    kind = kit.kind()
    kind.create().turn()


def newest():
    kit.versioned().turn()


def checked():
    kit.checked().turn()


def new():
    kit.new().turn()


optional()
union()
overloaded()
aliased()
classes()
newest()
checked()
new()
