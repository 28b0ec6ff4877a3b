public class Main {
    static class Slot<T> {
        private final T value;

        Slot(T value) {
            this.value = value;
        }

        T get() {
            return value;
        }
    }

    interface Shape {
        void draw();
    }

    static class Round implements Shape {
        public void draw() {
        }
    }

    static class Square implements Shape {
        public void draw() {
        }
    }

    static <T> Slot<T> slot(T value) {
        return new Slot<>(value);
    }

    static void left() {
        Slot<Shape> held = new Slot<>(new Round());
        held.get().draw();
    }

    static void right() {
        Slot<Shape> held = slot(new Square());
        held.get().draw();
    }

    public static void main(String[] args) {
        left();
        right();
    }
}
