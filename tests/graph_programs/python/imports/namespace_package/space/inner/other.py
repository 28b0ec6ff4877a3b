def use():
    return 2
