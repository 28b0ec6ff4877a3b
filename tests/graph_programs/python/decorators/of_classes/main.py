def tracked(cls):
    cls.track = announce
    return cls


def announce(self):
    return self.name()


@tracked
class Item:
    def name(self):
        return "item"


Item().track()
