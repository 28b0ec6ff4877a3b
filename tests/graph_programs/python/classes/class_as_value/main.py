class Cat:
    def __init__(self):
        self.name = "cat"

    def speak(self):
        return "meow"


class Dog:
    def speak(self):
        return "woof"


def create(kind):
    return kind()


animals = {"cat": Cat, "dog": Dog}
create(animals["cat"]).speak()
dog_class = animals["dog"]
create(dog_class)
