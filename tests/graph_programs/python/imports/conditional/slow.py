def run():
    return 1


def quick():
    return 2
