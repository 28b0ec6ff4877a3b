def risky(flag):
    if flag:
        raise KeyError("flag")
    return 1


def recover():
    return 2


def celebrate():
    return 3


def clean():
    return 4


def run(flag):
    try:
        risky(flag)
    except (KeyError, ValueError):
        recover()
    else:
        celebrate()
    finally:
        clean()


run(True)
run(False)
