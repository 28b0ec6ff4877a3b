class Plain:
    def run(self):
        return 1


class Made:
    def __init__(self, part):
        self.part = part
        self.prepare()

    def prepare(self):
        return self.part.run()


Plain()
Made(Plain())
