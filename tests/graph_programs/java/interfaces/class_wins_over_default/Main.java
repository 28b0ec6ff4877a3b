public class Main {
    interface Walker {
        default void move() {
        }
    }

    interface Runner extends Walker {
        @Override
        default void move() {
            Walker.super.move();
        }
    }

    static class Body {
        public void move() {
        }
    }

    static class Robot extends Body implements Runner {
    }

    static class Human implements Walker, Runner {
    }

    public static void main(String[] args) {
        new Robot().move();
        new Human().move();
    }
}
