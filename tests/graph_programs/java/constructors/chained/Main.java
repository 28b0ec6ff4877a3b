public class Main {
    static class Point {
        final int x;
        final int y;

        Point() {
            this(0);
        }

        Point(int x) {
            this(x, origin());
        }

        Point(int x, int y) {
            this.x = x;
            this.y = y;
        }

        static int origin() {
            return 0;
        }
    }

    static class Named extends Point {
        Named(String name) {
            super(1, 2);
        }

        Named() {
        }
    }

    static class Deep extends Named {
    }

    public static void main(String[] args) {
        new Named("a");
        new Deep();
    }
}
