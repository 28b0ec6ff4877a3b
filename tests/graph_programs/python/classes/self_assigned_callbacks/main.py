class Button:
    def __init__(self):
        self.on_click = None
        self.handlers = []

    def connect(self, handler):
        self.on_click = handler
        self.handlers.append(handler)

    def click(self):
        self.on_click()
        for handler in self.handlers:
            handler()


def beep():
    return 1


class Lamp:
    def toggle(self):
        return 2


button = Button()
button.connect(beep)
button.click()
button.connect(Lamp().toggle)
button.click()
