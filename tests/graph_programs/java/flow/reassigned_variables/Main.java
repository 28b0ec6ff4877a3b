public class Main {
    static class A {
        void m() {
        }
    }

    static class B extends A {
        @Override
        void m() {
        }
    }

    static class C extends A {
        @Override
        void m() {
        }
    }

    static void straight() {
        A one = new B();
        one.m();
        one = new C();
    }

    static void branches(boolean flag) {
        A one = null;
        if (flag) {
            one = new B();
        } else {
            one = new C();
            return;
        }
        one.m();
    }

    static void loop() {
        A one = new A();
        for (int i = 0; i < 3; i++) {
            one.m();
            one = new B();
        }
    }
}
