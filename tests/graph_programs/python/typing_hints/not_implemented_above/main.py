"""A method that only says that it is not implemented is none of those that an object has."""


class Writer:
    def write(self):
        self._open()

    def _open(self):
        raise NotImplementedError("for a class below")


class File(Writer):
    def _open(self):
        return "file"


class Pipe(Writer):
    def _open(self):
        return "pipe"


def save(writer: Writer):
    writer.write()


save(globals()["Fi" + "le"]())
save(globals()["Pi" + "pe"]())
