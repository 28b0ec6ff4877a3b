def build(name):
    def run():
        return name

    return run


def make(names):
    return {name: build(name) for name in names}


table = make(["a", "b"])
table["a"]()
