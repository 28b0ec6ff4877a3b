public class Main {
    static class A {
        void a() {
        }
    }

    static class B {
        void b() {
        }
    }

    static class C {
        void b() {
        }

        void a() {
        }
    }

    A make(int x) {
        return new A();
    }

    B make(double x) {
        return new B();
    }

    C make(Object x) {
        return new C();
    }

    A many(int x, Object y) {
        return new A();
    }

    B many(int... xs) {
        return new B();
    }

    String text() {
        return "t";
    }

    int number() {
        return 1;
    }

    void run() {
        make(1).a();
        make(2.0).b();
        make(number() + 1).a();
        make(number() * 1.5).b();
        many(1, text()).a();
        many(1, 2, 3).b();
    }
}
