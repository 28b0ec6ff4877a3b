from typing import Protocol


class Speaks(Protocol):
    def speak(self) -> str:
        ...


class Cat:
    def speak(self) -> str:
        return "meow"


def talk(speaker: Speaks) -> str:
    return speaker.speak()


talk(Cat())
