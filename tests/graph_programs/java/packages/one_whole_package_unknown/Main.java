import java.util.*;
import org.example.shapes.*;

public class Main {
    public static void main(String[] args) {
        Hexagon shape = new Hexagon(2);
        shape.turn();
        Collections.emptyList();
        Thread.currentThread();
    }
}
