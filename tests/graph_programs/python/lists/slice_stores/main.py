def one():
    return "1"


def two():
    return "2"


def three():
    return "3"


class Row:
    def __setitem__(self, key, value):
        self.value = value


class Queue:
    def __init__(self):
        self.items = [one]

    def put(self, start):
        self.items[start : start + 1] = [two]

    def run(self):
        for item in self.items:
            item()


queue = Queue()
queue.put(1)
queue.run()
both = [one]
both[1:] = (three,)
for each in both:
    each()
Row()[0:1] = [one]
