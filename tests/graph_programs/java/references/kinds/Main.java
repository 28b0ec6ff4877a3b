import java.util.function.Function;
import java.util.function.Supplier;

public class Main {
    static class Person {
        private final String name;

        Person(String name) {
            this.name = name;
        }

        String getName() {
            return name;
        }
    }

    static <A, B> B call(Function<A, B> function, A value) {
        return function.apply(value);
    }

    static String upper(String text) {
        return text;
    }

    void greet() {
    }

    static void run(Runnable runnable) {
        runnable.run();
    }

    void start() {
        run(this::greet);
    }

    public static void main(String[] args) {
        call(Main::upper, "a");
        Person person = call(Person::new, "b");
        Function<Person, String> getter = Person::getName;
        getter.apply(person);
        Main main = new Main();
        Runnable bound = main::start;
        bound.run();
    }
}
