public class Main {
    private String state = "s";

    abstract class Part {
        abstract void act();

        void tick() {
            act();
            update();
        }
    }

    class Wheel extends Part {
        @Override
        void act() {
            update();
        }
    }

    static class Log {
        static void write(String text) {
            hidden();
        }
    }

    private static void hidden() {
    }

    void update() {
        Log.write(state);
    }

    Part make() {
        return new Wheel();
    }

    public static void main(String[] args) {
        new Main().make().tick();
    }
}
