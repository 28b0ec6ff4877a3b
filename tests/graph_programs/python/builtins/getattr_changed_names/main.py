class Filter:
    def process(self, token):
        name = f"process_{type(token).__name__}".lower()
        return getattr(self, name, self.default)(token)

    def process_word(self, token):
        return token.text()

    def process_space(self, token):
        return None

    def default(self, token):
        return token

    def other_word(self, token):
        return "never called"


class Word:
    def text(self):
        return "word"


class Space:
    pass


class Number:
    pass


filtering = Filter()
for token in (Word(), Space(), Number()):
    filtering.process(token)
