public class Main {
    static class Key {
        private final int id;

        Key(int id) {
            this.id = id;
        }

        @Override
        public boolean equals(Object other) {
            if (!(other instanceof Key)) {
                return false;
            }
            Key key = (Key) other;
            return same(key);
        }

        private boolean same(Key key) {
            return id == key.id;
        }

        @Override
        public int hashCode() {
            return mix(id);
        }

        static int mix(int x) {
            return x;
        }
    }

    public static void main(String[] args) {
        Key key = new Key(1);
        Object other = new Key(2);
        key.equals(other);
        other.hashCode();
    }
}
