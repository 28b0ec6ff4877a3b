package lib;

public final class Words {
    public static String shout(String text) {
        return upper(text);
    }

    static String upper(String text) {
        return text;
    }
}
