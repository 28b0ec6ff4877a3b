def help():
    return 2
