package shop;

public class Target {
    public Target() {
    }

    public void run() {
    }

    public void take(Other other) {
        other.use();
    }

    public static void st() {
    }

    public static class Other {
        public void use() {
        }
    }
}
