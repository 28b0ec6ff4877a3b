def read():
    return ""


class Source:
    def __init__(self):
        self.left = 2

    def pull(self):
        self.left -= 1
        return self.left


for chunk in iter(read, ""):
    print(chunk)
for number in iter(Source().pull, 0):
    print(number)
