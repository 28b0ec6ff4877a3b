public class Main {
    private int count;

    void run() {
        step();
        this.step();
    }

    void step() {
        count++;
    }

    static Main make() {
        return new Main();
    }

    public static void main(String[] args) {
        Main main = new Main();
        main.run();
        make().step();
    }
}
