class Task:
    action = None

    def run(self):
        self.before()
        self.action()

    def before(self):
        return 1


def clean():
    return 2


class Clean(Task):
    def action(self):
        return clean()

    def before(self):
        return super().before()


Clean().run()
