def work():
    from lazy import load

    return load()


def other():
    import lazy

    return lazy.Loader().go()


work()
other()
