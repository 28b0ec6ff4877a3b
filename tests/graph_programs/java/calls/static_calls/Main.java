public class Main {
    static void first() {
        second();
    }

    static void second() {
        Main.third();
    }

    static void third() {
    }

    public static void main(String[] args) {
        first();
        Helper.help(1);
    }
}

class Helper {
    static int help(int n) {
        return n > 0 ? help(n - 1) : 0;
    }
}
