public class Main {
    interface Source {
        void read();
    }

    static class FileSource implements Source {
        public void read() {
        }
    }

    static class Reader {
        private Source source;

        Reader(String path) {
            open(path);
        }

        Reader(Source source) {
            this.source = source;
            check();
        }

        void open(String path) {
        }

        void check() {
            source.read();
        }
    }

    public static void main(String[] args) {
        new Reader(new FileSource());
    }
}
