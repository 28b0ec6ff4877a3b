def setting(name):
    def getter(self):
        return self.read(name)

    return property(getter)


class Config:
    size = setting("size")

    def read(self, name):
        return 1


print(Config().size)
