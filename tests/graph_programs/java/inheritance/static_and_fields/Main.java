public class Main {
    static class Base {
        protected final Tool tool = new Tool();
        static final Tool SHARED = new Tool();

        static void make() {
        }
    }

    static class Tool {
        Tool() {
        }

        void use() {
        }
    }

    static class Child extends Base {
        static void make() {
            Base.make();
        }

        void work() {
            tool.use();
            super.tool.use();
            SHARED.use();
            make();
        }
    }

    public static void main(String[] args) {
        new Child().work();
        Child.make();
        Child.SHARED.use();
    }
}
