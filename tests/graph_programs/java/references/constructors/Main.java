import java.util.function.Supplier;

public class Main {
    static class Session {
        Session() {
        }

        void open() {
        }
    }

    static Session make(Supplier<Session> factory) {
        return factory.get();
    }

    public static void main(String[] args) {
        Session session = make(Session::new);
        session.open();
    }
}
