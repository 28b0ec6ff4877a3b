package app;

public class Calc {
    private int total;

    public void add(int a, int b) {
        store(a + b);
    }

    private void store(int value) {
        total = value;
    }

    public int total() {
        return total;
    }
}
