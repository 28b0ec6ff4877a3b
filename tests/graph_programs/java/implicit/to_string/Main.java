public class Main {
    static class Money {
        @Override
        public String toString() {
            return format();
        }

        String format() {
            return "1";
        }
    }

    public static void main(String[] args) {
        Money money = new Money();
        String text = "costs " + money;
        text += money;
    }
}
