public class Main {
    static class Zero {
        void hit() {
        }
    }

    static class One {
        void hit() {
        }
    }

    static Zero get() {
        return new Zero();
    }

    static One get(int n) {
        return new One();
    }

    static One get(int n, int m) {
        return get(n + m);
    }

    public static void main(String[] args) {
        get().hit();
        get(1).hit();
        get(1, 2);
    }
}
