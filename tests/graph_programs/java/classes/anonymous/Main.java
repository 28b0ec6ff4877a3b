public class Main {
    interface Listener {
        void heard(String text);
    }

    abstract static class Base {
        Base(int size) {
            setup();
        }

        abstract void setup();
    }

    private Listener listener;

    void register(Listener listener) {
        this.listener = listener;
    }

    void fire() {
        listener.heard("x");
    }

    void log() {
    }

    void run() {
        register(new Listener() {
            @Override
            public void heard(String text) {
                log();
                helper();
            }

            private void helper() {
            }
        });
        fire();
    }

    public static void main(String[] args) {
        new Main().run();
        new Base(3) {
            @Override
            void setup() {
            }
        };
    }
}
