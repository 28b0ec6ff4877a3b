class Command:
    def __init__(self, name, action):
        self.name = name
        self.action = action

    def execute(self, *args):
        return self.action(*args)


class Shell:
    def __init__(self):
        self.commands = {}
        for name in ("go", "stop"):
            self.commands[name] = Command(name, getattr(self, "do_" + name))

    def do_go(self):
        return 1

    def do_stop(self):
        return 2

    def run(self, name):
        return self.commands[name].execute()


shell = Shell()
shell.run("go")
shell.run("stop")
