import operator
from operator import attrgetter, methodcaller


class Song:
    def __init__(self):
        self.title = "a"

    def play(self):
        return 1

    @property
    def length(self):
        return 2


songs = [Song()]
play = methodcaller("play")
play(songs[0])
sorted(songs, key=attrgetter("length"))
operator.add(1, 2)
