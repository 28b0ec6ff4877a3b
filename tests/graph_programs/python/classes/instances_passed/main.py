class Engine:
    def start(self):
        return 1


class Car:
    def __init__(self, engine):
        self.engine = engine

    def drive(self, driver):
        self.engine.start()
        driver.steer(self)

    def stop(self):
        return 2


class Driver:
    def steer(self, car):
        car.stop()


Car(Engine()).drive(Driver())
