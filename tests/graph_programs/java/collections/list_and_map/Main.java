import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

public class Main {
    interface Command {
        void execute();
    }

    static class Save implements Command {
        public void execute() {
        }
    }

    static class Load implements Command {
        public void execute() {
        }
    }

    static class Quit implements Command {
        public void execute() {
        }
    }

    public static void main(String[] args) {
        List<Command> commands = new ArrayList<>();
        commands.add(new Save());
        commands.add(new Load());
        for (Command command : commands) {
            command.execute();
        }
        dispatch();
    }

    static void dispatch() {
        Map<String, Command> byName = new HashMap<>();
        byName.put("quit", new Quit());
        byName.get("quit").execute();
    }
}
