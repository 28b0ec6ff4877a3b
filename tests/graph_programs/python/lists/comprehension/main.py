class Worker:
    def __init__(self, name):
        self.name = name

    def work(self):
        return self.name


def make(name):
    return Worker(name)


workers = [make(name) for name in "ab"]
[worker.work() for worker in workers if worker]
