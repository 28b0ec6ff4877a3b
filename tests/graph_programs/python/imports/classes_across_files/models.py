import base


class User(base.Entity):
    def validate(self):
        return super().validate()

    def title(self):
        return self.name
