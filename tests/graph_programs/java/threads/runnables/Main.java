public class Main {
    static class Worker implements Runnable {
        @Override
        public void run() {
            work();
        }

        void work() {
        }
    }

    static class Own extends Thread {
        @Override
        public void run() {
            loop();
        }

        void loop() {
        }
    }

    static void tick() {
    }

    public static void main(String[] args) {
        Thread thread = new Thread(new Worker());
        thread.start();
        new Own().start();
        new Thread(() -> tick()).start();
    }
}
