public class Main {
    static class Base {
        void shared() {
            hook();
        }

        void hook() {
        }

        static void tool() {
        }
    }

    static class Middle extends Base {
    }

    static class Leaf extends Middle {
        @Override
        void hook() {
            super.hook();
        }

        void own() {
            shared();
            tool();
        }
    }

    public static void main(String[] args) {
        Leaf leaf = new Leaf();
        leaf.own();
        leaf.shared();
    }
}
