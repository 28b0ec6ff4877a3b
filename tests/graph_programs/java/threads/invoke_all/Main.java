import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

public class Main {
    static class Page {
        void render() {
        }
    }

    static class Load implements Callable<Page> {
        @Override
        public Page call() {
            return open();
        }

        Page open() {
            return new Page();
        }
    }

    public static void main(String[] args) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(2);
        List<Callable<Page>> jobs = List.of(new Load(), () -> new Page());
        for (Future<Page> future : pool.invokeAll(jobs)) {
            future.get().render();
        }
        pool.shutdown();
    }
}
