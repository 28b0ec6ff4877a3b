public class Main {
    interface Greeter {
        String name();

        default String greet() {
            return prefix() + name();
        }

        static String prefix() {
            return "hi ";
        }
    }

    static class Plain implements Greeter {
        public String name() {
            return "plain";
        }
    }

    static class Loud implements Greeter {
        public String name() {
            return "loud";
        }

        @Override
        public String greet() {
            return Greeter.super.greet();
        }
    }

    public static void main(String[] args) {
        Greeter greeter = new Plain();
        greeter.greet();
        new Loud().greet();
        Greeter.prefix();
    }
}
