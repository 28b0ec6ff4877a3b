class Entity:
    def __init__(self, name):
        self.name = name
        self.validate()

    def validate(self):
        return True
