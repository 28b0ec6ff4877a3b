import java.util.function.Function;
import java.util.function.Supplier;

public class Main {
    static abstract class Door {
        private final String name;

        Door(String name) {
            this.name = name;
        }

        private void apply(int paint) {
            log();
        }

        void log() {
        }

        String get() {
            return name;
        }
    }

    static class Gate extends Door {
        Gate(String name) {
            super(name);
        }

        void swing() {
        }
    }

    static class Worker extends Thread {
        Worker() {
            prepare();
        }

        void prepare() {
        }
    }

    static <T extends Door> T build(Function<String, T> maker, String name) {
        T door = maker.apply(name);
        return door;
    }

    public static void main(String[] args) throws InterruptedException {
        build(Gate::new, "north").swing();
        Supplier<Worker> workers = Worker::new;
        workers.get();
        Worker.sleep(1);
    }
}
