"""One place makes objects of many classes, each with a constructor of its own."""


class Notice0:
    def __init__(self, text):
        self.text = text


class Notice1:
    def __init__(self, text):
        self.text = text


class Notice2:
    def __init__(self, text):
        self.text = text


class Notice3:
    def __init__(self, text):
        self.text = text


class Notice4:
    def __init__(self, text):
        self.text = text


class Notice5:
    def __init__(self, text):
        self.text = text


class Notice6:
    def __init__(self, text):
        self.text = text


class Notice7:
    def __init__(self, text):
        self.text = text


class Notice8:
    def __init__(self, text):
        self.text = text


class Notice9:
    def __init__(self, text):
        self.text = text


class Notice10:
    def __init__(self, text):
        self.text = text


class Notice11:
    def __init__(self, text):
        self.text = text


class Notice12:
    def __init__(self, text):
        self.text = text


class Notice13:
    def __init__(self, text):
        self.text = text


class Notice14:
    def __init__(self, text):
        self.text = text


class Notice15:
    def __init__(self, text):
        self.text = text


class Notice16:
    def __init__(self, text):
        self.text = text


class Notice17:
    def __init__(self, text):
        self.text = text


class Notice18:
    def __init__(self, text):
        self.text = text


class Notice19:
    def __init__(self, text):
        self.text = text


class Notice20:
    def __init__(self, text):
        self.text = text


class Notice21:
    def __init__(self, text):
        self.text = text


class Notice22:
    def __init__(self, text):
        self.text = text


class Notice23:
    def __init__(self, text):
        self.text = text


def report(kind, text):
    return kind(text)


report(Notice0, "0")
report(Notice1, "1")
report(Notice2, "2")
report(Notice3, "3")
report(Notice4, "4")
report(Notice5, "5")
report(Notice6, "6")
report(Notice7, "7")
report(Notice8, "8")
report(Notice9, "9")
report(Notice10, "10")
report(Notice11, "11")
report(Notice12, "12")
report(Notice13, "13")
report(Notice14, "14")
report(Notice15, "15")
report(Notice16, "16")
report(Notice17, "17")
report(Notice18, "18")
report(Notice19, "19")
report(Notice20, "20")
report(Notice21, "21")
report(Notice22, "22")
report(Notice23, "23")
