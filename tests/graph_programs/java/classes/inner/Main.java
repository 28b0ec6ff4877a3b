public class Main {
    private final Counter counter = new Counter();

    void touched() {
    }

    class Counter {
        void add() {
            touched();
            Main.this.touched();
            own();
        }

        void own() {
        }

        class Deep {
            void go() {
                own();
                touched();
            }
        }
    }

    void run() {
        counter.add();
        Counter.Deep deep = counter.new Deep();
        deep.go();
    }

    public static void main(String[] args) {
        Main main = new Main();
        main.run();
        Main.Counter other = main.new Counter();
        other.add();
    }
}
