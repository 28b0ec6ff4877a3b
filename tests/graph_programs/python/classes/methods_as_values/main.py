class Machine:
    def __init__(self):
        self.table = {1: self.start, 2: self.stop}
        watch(self.report)

    def start(self):
        pass

    def stop(self):
        pass

    def report(self):
        pass

    def go(self, step):
        self.table[step]()


entries = []


def watch(call):
    entries.append(call)


def run():
    for call in entries:
        call()


machine = Machine()
machine.go(1)
machine.go(2)
run()
