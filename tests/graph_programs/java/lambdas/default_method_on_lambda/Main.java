public class Main {
    interface Rule {
        boolean test(int x);

        default boolean negate(int x) {
            return !test(x);
        }

        static Rule always() {
            return x -> true;
        }
    }

    public static void main(String[] args) {
        Rule rule = x -> x > 0;
        rule.negate(1);
        Rule.always().test(2);
    }
}
