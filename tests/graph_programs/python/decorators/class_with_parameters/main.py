class Retry:
    def __init__(self, times):
        self.times = times

    def __call__(self, f):
        def attempt(*args):
            return f(*args)

        return attempt


class Api:
    @Retry(2)
    def fetch(self):
        return self.connect()

    def connect(self):
        return 1


Api().fetch()
