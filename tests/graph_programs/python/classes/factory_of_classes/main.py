def make(base):
    class Made(base):
        def run(self):
            return self.help()

    return Made


class Helper:
    def help(self):
        return 1


made = make(Helper)()
made.run()
Dynamic = type("Dynamic", (Helper,), {})
Dynamic().help()
