public class Main {
    interface Handler<T> {
        void handle(T event);
    }

    static class Login {
        void audit() {
        }
    }

    static class LoginHandler implements Handler<Login> {
        @Override
        public void handle(Login event) {
            event.audit();
        }
    }

    static <T> void fire(Handler<T> handler, T event) {
        handler.handle(event);
    }

    public static void main(String[] args) {
        fire(new LoginHandler(), new Login());
    }
}
