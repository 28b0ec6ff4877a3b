public class Main {
    static class Box<T> {
        private T value;

        Box(T value) {
            this.value = value;
        }

        T get() {
            return value;
        }
    }

    static class Item {
        void use() {
        }
    }

    static class Tool {
        void use() {
        }
    }

    static <T> T same(T value) {
        return value;
    }

    static <T extends Item> void bounded(T item) {
        item.use();
    }

    void unknown(Box<Item> box) {
        box.get().use();
    }

    public static void main(String[] args) {
        Box<Item> box = new Box<>(new Item());
        Item item = box.get();
        item.use();
        same(new Tool()).use();
    }
}
