def convert(value):
    return value


class Field:
    def load(self):
        return convert(1)


class Form:
    field = Field()
    converter = staticmethod(convert)

    def read(self):
        self.field.load()
        return self.converter(1)


Form().read()
Form.field.load()
Form.converter(2)
