public class Main {
    static class Plugin {
        void load() {
        }
    }

    static Class<?> type(Class<?> kind) {
        return kind;
    }

    public static void main(String[] args) throws Exception {
        type(Plugin.class);
        Plugin plugin = new Plugin();
        plugin.load();
    }
}
