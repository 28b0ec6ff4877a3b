def default():
    return 1


def check(value):
    return value


class Settings:
    size = default()
    names = [check(name) for name in ("a", "b")]
    if size:
        check(size)

    class Meta:
        kind = default()


def make():
    class Local:
        part = check(2)

    return Local


make()
