def read():
    yield Line()


def clean(lines):
    for line in lines:
        line.strip()
        yield line


def numbered(lines):
    for number, line in enumerate(lines):
        yield number, line


class Line:
    def strip(self):
        return 1

    def show(self):
        return 2


for number, line in numbered(clean(read())):
    line.show()
