class Grid:
    def __iter__(self):
        return iter([Cell()])

    def __getitem__(self, at):
        return Cell()


class Cell:
    def fill(self):
        return 1


for cell in Grid():
    cell.fill()
first, = Grid()
first.fill()
Grid()[0].fill()
Grid()[1:2].fill()
