public class Main {
    private Runnable callback = () -> initial();
    private static final Runnable SHARED = () -> shared();

    static void initial() {
    }

    static void shared() {
    }

    void set(Runnable callback) {
        this.callback = callback;
    }

    void fire() {
        callback.run();
        SHARED.run();
    }

    void changed() {
    }

    public static void main(String[] args) {
        Main main = new Main();
        main.set(() -> main.changed());
        main.fire();
    }
}
