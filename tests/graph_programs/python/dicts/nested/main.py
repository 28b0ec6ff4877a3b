def start():
    return 1


def stop():
    return 2


menu = {"engine": {"start": start, "stop": stop}, "codes": {1: stop}}
menu["engine"]["start"]()
engine = menu["engine"]
engine["stop"]()
menu["codes"][1]()
