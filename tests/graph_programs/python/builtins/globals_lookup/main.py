def start():
    return 1


def stop():
    return 2


def run(name):
    return globals()[name]()


globals()["start"]()
run("stop")
