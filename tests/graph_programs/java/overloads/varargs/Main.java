public class Main {
    interface Task {
        void run();
    }

    static class A implements Task {
        public void run() {
        }
    }

    static class B implements Task {
        public void run() {
        }
    }

    static void all(String name, Task... tasks) {
        for (Task task : tasks) {
            task.run();
        }
    }

    static void array(Task... tasks) {
        tasks[0].run();
    }

    static void none(Object... values) {
    }

    public static void main(String[] args) {
        all("x", new A(), new B());
        array(new Task[] {new A()});
        none();
    }
}
