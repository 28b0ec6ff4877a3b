class Key:
    def __eq__(self, other):
        return self.same(other)

    def __hash__(self):
        return 1

    def same(self, other):
        return True


table = {Key(): 1}
table[Key()]
Key() in [Key()]
