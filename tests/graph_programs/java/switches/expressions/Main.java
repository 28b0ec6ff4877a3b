public class Main {
    interface Shape {
        double area();
    }

    static class Circle implements Shape {
        public double area() {
            return round();
        }

        double round() {
            return 3;
        }
    }

    static class Square implements Shape {
        public double area() {
            return 1;
        }
    }

    static Shape make(String name) {
        return switch (name) {
            case "circle" -> new Circle();
            case "square" -> {
                log();
                yield new Square();
            }
            default -> throw new IllegalArgumentException(name);
        };
    }

    static void log() {
    }

    static void old(String name) {
        switch (name) {
            case "a":
                log();
                break;
            case "b":
                make(name);
            default:
                log();
        }
    }

    public static void main(String[] args) {
        make("circle").area();
        old("a");
    }
}
