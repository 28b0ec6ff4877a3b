def act():
    return 1


class Engine:
    def start(self):
        return act()


class Car:
    def __init__(self):
        self.engine = Engine()
        self.hook = act

    def drive(self):
        self.hook()
        self.engine.start()


car = Car()
car.drive()
car.engine.start()
