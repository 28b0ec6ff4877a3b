def left():
    return "left"


def right():
    return "right"


class Row:
    def __getitem__(self, index):
        return pick(index)


class Wide(Row):
    pass


class Both:
    def __iter__(self):
        return iter([left])

    def __getitem__(self, index):
        return right


def pick(index):
    if index > 1:
        raise IndexError(index)
    return (left, right)[index]


def loop():
    for one in Row():
        one()


def collect():
    return [one() for one in Wide()]


def make_list():
    return list(Row())


def unpack():
    first, second = Row()
    first()
    second()


def loop_both():
    for one in Both():
        one()


loop()
collect()
for item in make_list():
    item()
unpack()
loop_both()
