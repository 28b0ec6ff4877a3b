def one():
    return 1


table = {"a": lambda: one(), "b": lambda: 2}
table["a"]()
steps = [lambda: one(), lambda: one()]
for step in steps:
    step()
