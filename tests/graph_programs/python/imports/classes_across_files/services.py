class Service:
    def __init__(self, user):
        self._user = user

    def greet(self):
        return self._user.title()
