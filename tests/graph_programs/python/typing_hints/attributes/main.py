class Engine:
    def start(self):
        return 1


class Car:
    engine: Engine

    def __init__(self, engine: Engine):
        self.engine = engine

    def drive(self):
        return self.engine.start()
