import java.util.*;
public class Main {
    interface Shape { void paint(); }
    static class Disc implements Shape { public void paint() {} }
    static class Rect implements Shape { public void paint() {} }
    static class Canvas {
        Map<String, Shape> parts = new HashMap<>();
        Canvas with(String name, Shape s) { parts.put(name, s); return this; }
        void all() { for (Shape s : parts.values()) s.paint(); }
    }
    public static void main(String[] args) {
        Canvas c = new Canvas().with("c", new Disc()).with("parts", new Rect());
        c.all();
    }
}
