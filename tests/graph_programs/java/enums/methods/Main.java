public class Main {
    enum Color {
        RED, GREEN;

        String lower() {
            return hex();
        }

        String hex() {
            return "#";
        }

        static Color parse(String text) {
            return Color.valueOf(text);
        }
    }

    public static void main(String[] args) {
        Color.RED.lower();
        Color color = Color.parse("RED");
        color.hex();
        for (Color one : Color.values()) {
            one.lower();
        }
    }
}
