public class Main {
    static class Shape {
        void draw() {
        }
    }

    static class Circle extends Shape {
        @Override
        void draw() {
        }

        void roll() {
        }
    }

    static class Square extends Shape {
        @Override
        void draw() {
        }
    }

    static Object any(boolean round) {
        return round ? new Circle() : new Square();
    }

    public static void main(String[] args) {
        Shape shape = args.length > 0 ? new Circle() : new Shape();
        shape.draw();
        Object object = new Circle();
        ((Circle) object).roll();
        Shape other = (Shape) any(true);
        other.draw();
        if (object instanceof Circle) {
            Circle circle = (Circle) object;
            circle.draw();
        }
    }
}
