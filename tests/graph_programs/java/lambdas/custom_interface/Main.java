public class Main {
    @FunctionalInterface
    interface Operation {
        int apply(int x, int y);
    }

    static int compute(Operation operation) {
        return operation.apply(1, 2);
    }

    static int helper(int x) {
        return x;
    }

    public static void main(String[] args) {
        compute((x, y) -> x + y);
        compute((x, y) -> {
            return helper(x) * y;
        });
    }
}
