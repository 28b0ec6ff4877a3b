public class Main {
    static final Registry REGISTRY = new Registry();
    static int size;

    static {
        size = measure();
        REGISTRY.add("a");
    }

    static int measure() {
        return 1;
    }

    static class Registry {
        Registry() {
        }

        void add(String name) {
        }
    }

    public static void main(String[] args) {
        REGISTRY.add("b");
    }
}
