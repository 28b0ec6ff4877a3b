class Shelf:
    def __getitem__(self, key):
        return find(key)

    def __setitem__(self, key, value):
        put(value)

    def __delitem__(self, key):
        drop(key)

    def __contains__(self, key):
        return True

    def __len__(self):
        return 1

    def __bool__(self):
        return True


def find(key):
    return Book()


def put(value):
    return value


def drop(key):
    return key


class Book:
    def read(self):
        return 1


shelf = Shelf()
shelf["a"].read()
shelf["b"] = Book()
del shelf["b"]
"a" in shelf
len(shelf)
if shelf and not Book():
    pass
