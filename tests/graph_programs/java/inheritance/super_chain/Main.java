public class Main {
    static class A {
        A() {
            init();
        }

        void init() {
        }

        String name() {
            return "a";
        }
    }

    static class B extends A {
        @Override
        void init() {
            super.init();
        }

        @Override
        String name() {
            return "b" + super.name();
        }
    }

    static class C extends B {
        C(int n) {
            super();
        }

        @Override
        String name() {
            return super.name();
        }
    }

    public static void main(String[] args) {
        new C(1).name();
    }
}
