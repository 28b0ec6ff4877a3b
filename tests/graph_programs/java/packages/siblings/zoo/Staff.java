package zoo;

abstract class Staff {
    protected Badge badge;

    void report() {
        name();
    }

    String name() {
        return "s";
    }
}
