import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

public class Main {
    interface Part {
        int weight();
    }

    static class Bolt implements Part {
        public int weight() {
            return 1;
        }

        void tighten() {
        }
    }

    static class Box implements Part {
        private final List<Part> parts = new ArrayList<>();

        Box with(Part part) {
            parts.add(part);
            return this;
        }

        public int weight() {
            return 2;
        }

        Stream<Part> all() {
            return parts.stream();
        }

        void close() {
        }
    }

    public static void main(String[] args) {
        Box box = new Box().with(new Bolt());
        Stream.of(box).flatMap(one -> one.all()).forEach(part -> part.weight());
        Stream<Part> mixed = Stream.of(new Bolt(), new Box());
        mixed.filter(Bolt.class::isInstance).map(Bolt.class::cast).forEach(bolt -> bolt.tighten());
    }
}
