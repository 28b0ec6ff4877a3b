package geo;

public class Shapes {
    public interface Visitor {
        void point(Point point);
    }

    public static class Point {
        public void accept(Visitor visitor) {
            visitor.point(this);
        }

        public static Point zero() {
            return new Point();
        }

        public void draw() {
        }
    }
}
