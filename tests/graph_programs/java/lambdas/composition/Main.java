import java.util.function.Function;

public class Main {
    static int inc(int x) {
        return x + 1;
    }

    static int dbl(int x) {
        return x * 2;
    }

    public static void main(String[] args) {
        Function<Integer, Integer> first = x -> inc(x);
        Function<Integer, Integer> second = x -> dbl(x);
        first.andThen(second).apply(3);
    }
}
