class Log:
    def log(self):
        return self.name()


class Save:
    def save(self):
        self.log()
        return self.name()


class Document(Log, Save):
    def name(self):
        return "doc"


document = Document()
document.save()
