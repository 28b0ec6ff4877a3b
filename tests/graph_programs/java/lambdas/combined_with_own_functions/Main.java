import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

public class Main {
    static class City implements Comparable<City> {
        public int compareTo(City other) {
            return 0;
        }

        int size() {
            return 1;
        }
    }

    static class Memo implements Function<City, Integer> {
        private final Map<City, Integer> known = new HashMap<>();

        public Integer apply(City city) {
            return known.computeIfAbsent(city, one -> one.size());
        }
    }

    static class Large implements Predicate<City> {
        public boolean test(City city) {
            return city.size() > 3;
        }
    }

    static int measure(City city) {
        Function<City, Integer> twice = new Memo().andThen(size -> size * 2);
        return twice.apply(city);
    }

    static boolean filter(City city) {
        Predicate<City> small = new Large().negate();
        return small.test(city);
    }

    public static void main(String[] args) {
        measure(new City());
        filter(new City());
    }
}
