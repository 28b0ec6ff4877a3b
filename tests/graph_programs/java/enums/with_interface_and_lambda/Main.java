import java.util.function.IntUnaryOperator;

public class Main {
    interface Step {
        int go(int x);
    }

    enum Steps implements Step {
        DOUBLE(x -> twice(x)),
        HALF(Steps::half);

        private final IntUnaryOperator operator;

        Steps(IntUnaryOperator operator) {
            this.operator = operator;
        }

        public int go(int x) {
            return operator.applyAsInt(x);
        }

        static int twice(int x) {
            return 2 * x;
        }

        static int half(int x) {
            return x / 2;
        }
    }

    static int run(Step step) {
        return step.go(1);
    }

    public static void main(String[] args) {
        run(Steps.DOUBLE);
    }
}
