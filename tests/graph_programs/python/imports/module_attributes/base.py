class Settings:
    def load(self):
        return 2
