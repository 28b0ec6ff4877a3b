package lib;

public class Page {
    public void turn() {
    }

    public void keep() {
    }
}
