public class Main {
    static class Config {
        private static Config instance;

        private Config() {
        }

        static Config get() {
            if (instance == null) {
                instance = new Config();
            }
            return instance;
        }

        void load() {
        }
    }

    interface Parser {
        void parse();
    }

    static class Json implements Parser {
        public void parse() {
        }
    }

    static class Xml implements Parser {
        public void parse() {
        }
    }

    static class Factory {
        static Parser create(String kind) {
            if (kind.equals("json")) {
                return new Json();
            }
            return new Xml();
        }
    }

    public static void main(String[] args) {
        Config.get().load();
        Parser parser = Factory.create("json");
        parser.parse();
    }
}
