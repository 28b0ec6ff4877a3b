import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

public class Main {
    private final Map<String, Runnable> commands = new HashMap<>();

    Main() {
        commands.put("start", () -> start());
        commands.put("stop", this::stop);
    }

    void start() {
    }

    void stop() {
    }

    void run(String name) {
        Runnable command = commands.get(name);
        command.run();
    }

    static String text() {
        return "t";
    }

    public static void main(String[] args) {
        new Main().run(args[0]);
        List<Supplier<String>> suppliers = new ArrayList<>();
        suppliers.add(() -> text());
        for (Supplier<String> supplier : suppliers) {
            supplier.get();
        }
        Runnable[] array = {() -> text(), Main::text};
        array[0].run();
        array[1].run();
    }
}
