class Base:
    def greet(self):
        return 1

    def leave(self):
        return 2


class Child(Base):
    def greet(self):
        return super(Child, self).greet()

    def leave(self):
        return Base.leave(self)


child = Child()
child.greet()
child.leave()
