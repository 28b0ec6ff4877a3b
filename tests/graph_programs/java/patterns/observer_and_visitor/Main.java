import java.util.ArrayList;
import java.util.List;

public class Main {
    interface Observer {
        void update(String what);
    }

    static class Subject {
        private final List<Observer> observers = new ArrayList<>();

        void attach(Observer observer) {
            observers.add(observer);
        }

        void change() {
            for (Observer observer : observers) {
                observer.update("x");
            }
        }
    }

    static class Screen implements Observer {
        @Override
        public void update(String what) {
            redraw();
        }

        void redraw() {
        }
    }

    static void log(String text) {
    }

    public static void main(String[] args) {
        Subject subject = new Subject();
        subject.attach(new Screen());
        subject.attach(what -> log(what));
        subject.change();
    }
}
