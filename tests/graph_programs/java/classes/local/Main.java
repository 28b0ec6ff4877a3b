public class Main {
    static int measure(String text) {
        class Meter {
            int of() {
                return read() + text.length();
            }

            int read() {
                return base();
            }
        }
        return new Meter().of();
    }

    static int base() {
        return 1;
    }

    public static void main(String[] args) {
        measure("abc");
    }
}
