class Card:
    def __str__(self):
        return face()


class Hidden:
    def __repr__(self):
        return "hidden"


def face():
    return "ace"


def show(item):
    print(item)


show(Card())
print("card", Hidden())
