class Model:
    def load(self):
        return 1
