import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

public class Main {
    static class Token {
        boolean valid() {
            return true;
        }
    }

    static Token create() {
        return new Token();
    }

    static void run(Runnable runnable) {
        runnable.run();
    }

    static Token supply(Supplier<Token> supplier) {
        return supplier.get();
    }

    static String convert(Function<Token, String> function, Token token) {
        return function.apply(token);
    }

    public static void main(String[] args) {
        run(() -> create());
        Token token = supply(() -> new Token());
        token.valid();
        convert(one -> one.toString(), token);
        Predicate<Token> check = one -> one.valid();
        check.test(token);
        BiFunction<Token, Token, Boolean> both = (a, b) -> a.valid() && b.valid();
        both.apply(token, token);
    }
}
