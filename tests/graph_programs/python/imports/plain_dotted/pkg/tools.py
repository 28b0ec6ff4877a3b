def use():
    return 1
