class Countdown:
    def __init__(self, start):
        self.left = start

    def __iter__(self):
        return self

    def __next__(self):
        if self.left == 0:
            raise StopIteration()
        self.left -= 1
        return Step()


class Step:
    def show(self):
        return 1


for step in Countdown(2):
    step.show()
steps = iter(Countdown(1))
next(steps).show()
list(Countdown(1))
