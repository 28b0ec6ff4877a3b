package app;

import geo.Shapes;
import geo.Shapes.Point;

public class Draw implements Shapes.Visitor {
    @Override
    public void point(Point point) {
        point.draw();
    }

    public static void main(String[] args) {
        Point point = Shapes.Point.zero();
        point.accept(new Draw());
    }
}
