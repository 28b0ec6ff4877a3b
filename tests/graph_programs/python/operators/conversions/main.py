class Label:
    def __str__(self):
        return text()

    def __repr__(self):
        return "label"

    def __hash__(self):
        return 1

    def __format__(self, form):
        return "f"

    def __int__(self):
        return 1


def text():
    return "t"


label = Label()
str(label)
f"{label}"
repr(label)
hash(label)
int(label)
