package lib;

public class Tools {
    public static int twice(int x) {
        return 2 * x;
    }

    public enum Level {
        HIGH, LOW;

        public void warn() {
        }
    }
}
