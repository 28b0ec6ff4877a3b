import engine
from engine import Engine


def loud(self):
    return self.noise()


def quiet():
    return 1


Engine.start = loud
engine.helper = quiet
Engine().start()
engine.run()
