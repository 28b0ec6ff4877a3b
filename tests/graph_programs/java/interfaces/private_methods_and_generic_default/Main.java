public class Main {
    interface Shape {
        double size();

        default double twice() {
            return factor() * size();
        }

        private double factor() {
            return helper();
        }

        private static double helper() {
            return 2;
        }
    }

    interface Named<T> {
        T name();

        default T display() {
            return name();
        }
    }

    static class Box implements Shape, Named<String> {
        public double size() {
            return 1;
        }

        public String name() {
            return "box";
        }
    }

    public static void main(String[] args) {
        Box box = new Box();
        box.twice();
        box.display();
    }
}
