public class Main {
    interface State {
        State next();
    }

    static class Start implements State {
        public State next() {
            return new Middle();
        }
    }

    static class Middle implements State {
        public State next() {
            return new End();
        }
    }

    static class End implements State {
        public State next() {
            return null;
        }
    }

    static boolean done(int x) {
        return x > 3;
    }

    public static void main(String[] args) {
        State state = new Start();
        while (state != null) {
            state = state.next();
        }
        outer:
        for (int i = 0; ; i++) {
            for (var arg : args) {
                if (done(i)) {
                    break outer;
                }
            }
        }
        var late = new End();
        do {
            late.next();
        } while (done(1));
    }
}
