import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

public class Main {
    static class Job {
        void run() {
        }
    }

    public static void main(String[] args) {
        List<Job> jobs = new ArrayList<>();
        jobs.add(new Job());
        Iterator<Job> iterator = jobs.iterator();
        while (iterator.hasNext()) {
            Job job = iterator.next();
            job.run();
        }
    }
}
