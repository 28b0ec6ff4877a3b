class Machine:
    def __init__(self):
        self.state = self.start

    def start(self):
        self.state = self.middle
        return log()

    def middle(self):
        self.state = self.end
        return log()

    def end(self):
        return None

    def run(self):
        while self.state():
            pass


def log():
    return True


Machine().run()
