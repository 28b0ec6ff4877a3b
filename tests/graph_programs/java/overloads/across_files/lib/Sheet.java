package lib;

public class Sheet {
    public void turn() {
    }

    public void keep() {
    }
}
