public class Main {
    static int one() {
        return 1;
    }

    static int two(int x) {
        return x;
    }

    static int add(int x, int y) {
        return x + y;
    }

    static boolean check(int x) {
        return x > 0;
    }

    public static void main(String[] args) {
        int sum = add(two(one()), one()) + two(3);
        if (check(sum) && !check(-sum)) {
            args[one()] = "a" + two(4);
        }
        while (check(sum)) {
            sum -= one();
        }
    }
}
