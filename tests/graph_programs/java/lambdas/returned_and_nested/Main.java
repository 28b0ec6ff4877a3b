import java.util.function.Function;
import java.util.function.Supplier;

public class Main {
    static Supplier<Supplier<String>> outer() {
        return () -> () -> name();
    }

    static String name() {
        return "n";
    }

    static Function<Integer, Integer> adder(int x) {
        return y -> sum(x, y);
    }

    static int sum(int x, int y) {
        return x + y;
    }

    public static void main(String[] args) {
        outer().get().get();
        adder(1).apply(2);
    }
}
