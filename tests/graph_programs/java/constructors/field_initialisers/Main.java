public class Main {
    static class Engine {
        private final Part part = makePart();
        private int size = 4;

        {
            prepare();
        }

        Engine() {
            start();
        }

        Engine(int size) {
            this.size = size;
        }

        Part makePart() {
            return new Part();
        }

        void prepare() {
        }

        void start() {
            part.use();
        }
    }

    static class Part {
        void use() {
        }
    }

    public static void main(String[] args) {
        new Engine();
    }
}
