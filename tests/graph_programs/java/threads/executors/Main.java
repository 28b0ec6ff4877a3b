import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

public class Main {
    static class Task implements Callable<String> {
        @Override
        public String call() {
            return name();
        }

        String name() {
            return "t";
        }
    }

    static void ping() {
    }

    static int load() {
        return 1;
    }

    public static void main(String[] args) {
        ExecutorService pool = Executors.newFixedThreadPool(2);
        pool.submit(new Task());
        pool.execute(() -> ping());
        CompletableFuture.supplyAsync(() -> load()).thenAccept(value -> ping());
    }
}
