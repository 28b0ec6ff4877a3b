public class Main {
    interface Store {
        void save(String text);
    }

    static class Disk implements Store {
        public void save(String text) {
            sync();
        }

        void sync() {
        }
    }

    static class Memory implements Store {
        public void save(String text) {
        }
    }

    static class Service {
        private final Store store;
        Store backup;

        Service(Store store) {
            this.store = store;
        }

        void setBackup(Store backup) {
            this.backup = backup;
        }

        Store getStore() {
            return store;
        }

        void work() {
            store.save("a");
            backup.save("b");
        }
    }

    public static void main(String[] args) {
        Service service = new Service(new Disk());
        service.setBackup(new Memory());
        service.work();
        service.getStore().save("c");
        service.backup.save("d");
    }
}
