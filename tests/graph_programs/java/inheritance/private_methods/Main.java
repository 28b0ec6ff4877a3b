public class Main {
    static class Base {
        private void secret() {
        }

        void call() {
            secret();
        }
    }

    static class Child extends Base {
        void secret() {
        }
    }

    public static void main(String[] args) {
        new Child().call();
    }
}
