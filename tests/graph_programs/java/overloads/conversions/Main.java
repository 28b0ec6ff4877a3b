public class Main {
    static void a(int x) {
        viaInt();
    }

    static void a(long x) {
        viaLong();
    }

    static void a(double x) {
        viaDouble();
    }

    static void a(Integer x) {
        viaBox();
    }

    static void a(Object x) {
        viaObject();
    }

    static void a(int... x) {
        viaMany();
    }

    static void viaInt() {
    }

    static void viaLong() {
    }

    static void viaDouble() {
    }

    static void viaBox() {
    }

    static void viaObject() {
    }

    static void viaMany() {
    }

    public static void main(String[] args) {
        a((byte) 1);
        a('c');
        a(1L);
        a(1f);
        a("s");
    }
}
