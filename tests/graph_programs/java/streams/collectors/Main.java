import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

public class Main {
    static class Worker {
        String team() {
            return "t";
        }

        int pay() {
            return 1;
        }
    }

    static void report(List<Worker> workers) {
        Map<String, List<Worker>> teams = workers.stream().collect(Collectors.groupingBy(Worker::team));
        for (List<Worker> team : teams.values()) {
            team.get(0).pay();
        }
        workers.sort(Comparator.comparing(worker -> worker.pay()));
    }

    public static void main(String[] args) {
        report(List.of(new Worker()));
    }
}
