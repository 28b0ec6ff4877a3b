def start():
    return 1


def stop():
    return 2


def other():
    return 3


TABLE = {"start": start, "stop": stop, "other": other}


def run(name):
    return TABLE[name]()


def put(name, function):
    KEPT[name] = function


KEPT = {}
put("a", start)
put("b", stop)
run("start")
run("stop")
KEPT["a"]()
for key in TABLE:
    TABLE[key]()
