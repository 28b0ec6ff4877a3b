public class Main {
    enum Op {
        PLUS("+") {
            @Override
            int apply(int a, int b) {
                return a + b;
            }
        },
        TIMES("*") {
            @Override
            int apply(int a, int b) {
                return a * b;
            }
        };

        private final String sign;

        Op(String sign) {
            this.sign = check(sign);
        }

        static String check(String sign) {
            return sign;
        }

        abstract int apply(int a, int b);
    }

    public static void main(String[] args) {
        Op.PLUS.apply(1, 2);
    }
}
