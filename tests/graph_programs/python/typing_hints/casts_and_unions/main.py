import json
from typing import Union, cast


class Dog:
    def bark(self):
        return 1


class Cat:
    def meow(self):
        return 2


def noise(animal: Union[Dog, Cat]):
    if isinstance(animal, Dog):
        return animal.bark()
    return animal.meow()


def read(text: str):
    animal = cast(Dog, json.loads(text))
    assert isinstance(animal, Dog)
    return animal.bark()


def table(animals: dict[str, Dog]):
    for animal in animals.values():
        animal.bark()
