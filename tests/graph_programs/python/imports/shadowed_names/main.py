from tools import tools, pick


def pick_local():
    return 1


def run():
    tools()
    pick = pick_local
    pick()


run()
pick()
