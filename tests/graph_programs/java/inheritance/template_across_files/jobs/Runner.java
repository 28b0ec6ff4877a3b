package jobs;

import core.Task;
import java.util.List;

public class Runner {
    void runAll(List<Task> tasks) {
        for (Task task : tasks) {
            task.execute();
        }
    }

    public static void main(String[] args) {
        new Runner().runAll(List.of(new Clean(), new Build()));
    }
}
