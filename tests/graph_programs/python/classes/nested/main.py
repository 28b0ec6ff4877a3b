class Outer:
    class Inner:
        class Core:
            def beat(self):
                return 1

        def __init__(self):
            self.core = self.Core()

    def __init__(self):
        self.inner = Outer.Inner()


Outer().inner.core.beat()
