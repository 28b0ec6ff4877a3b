public class Main {
    enum Sign {
        PLUS("+"), MINUS("-");

        private final String mark;

        Sign(String mark) {
            this.mark = check(mark);
        }

        static String check(String mark) {
            return mark;
        }

        String mark() {
            return mark;
        }
    }

    public static void main(String[] args) {
        Sign.valueOf("PLUS").mark();
    }
}
