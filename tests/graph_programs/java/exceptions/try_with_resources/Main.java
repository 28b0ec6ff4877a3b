public class Main {
    static class Connection implements AutoCloseable {
        void query() {
        }

        @Override
        public void close() {
            release();
        }

        void release() {
        }
    }

    static Connection connect() {
        return new Connection();
    }

    public static void main(String[] args) {
        try (Connection one = connect(); Connection two = new Connection()) {
            one.query();
        }
    }
}
