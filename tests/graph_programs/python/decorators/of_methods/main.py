def checked(method):
    def wrapper(self, *args):
        self.check()
        return method(self, *args)

    return wrapper


class Store:
    def check(self):
        return True

    @checked
    def put(self, item):
        return item


Store().put(1)
