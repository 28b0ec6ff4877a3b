import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

public class Main {
    static class Report {
        int pages() {
            return 1;
        }

        void print() {
        }

        Report next() {
            return new Report();
        }
    }

    static void show(int pages) {
    }

    public static void main(String[] args) {
        CompletableFuture.supplyAsync(() -> new Report()).thenApply(Report::pages).thenAccept(pages -> show(pages));
        CompletableFuture.supplyAsync(Main::load).join().print();
        Stream.iterate(new Report(), report -> report.next()).limit(2).count();
    }

    static Report load() {
        return new Report();
    }
}
