public class Main {
    static class Cell {
        void paint() {
        }
    }

    static class Wall extends Cell {
        @Override
        void paint() {
        }
    }

    static class Door extends Cell {
        @Override
        void paint() {
        }
    }

    public static void main(String[] args) {
        Cell[] cells = {new Wall(), new Door()};
        cells[0].paint();
        draw(cells);
        Cell[][] grid = new Cell[2][2];
        grid[0][1] = new Wall();
        grid[0][1].paint();
    }

    static void draw(Cell[] cells) {
        for (int i = 0; i < cells.length; i++) {
            cells[i].paint();
        }
    }
}
