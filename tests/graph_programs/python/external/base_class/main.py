import threading
from collections import UserDict


class Registry(UserDict):
    def lookup(self, key):
        return self.find(key)

    def find(self, key):
        return key


class Job(threading.Thread):
    def __init__(self):
        super().__init__()

    def prepare(self):
        return 1


Registry().lookup("a")
Job().prepare()
