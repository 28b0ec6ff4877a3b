public class Main {
    static class Base {
        Base() {
        }
    }

    static class Cache extends Base {
        private final Object lock = create();

        static Object create() {
            return new Object();
        }
    }

    public static void main(String[] args) {
        new Cache();
    }
}
