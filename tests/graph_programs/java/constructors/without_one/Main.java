public class Main {
    static class Plain {
        int value = 3;

        int get() {
            return value;
        }
    }

    static class Child extends Plain {
        Child() {
            get();
        }
    }

    public static void main(String[] args) {
        new Plain().get();
        new Child();
    }
}
