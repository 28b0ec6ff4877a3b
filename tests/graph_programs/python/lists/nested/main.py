def one():
    return "1"


def two():
    return "2"


grid = [[one], [two, [one]]]
grid[1][0]()
for row in ([one], [one]):
    row[0]()
