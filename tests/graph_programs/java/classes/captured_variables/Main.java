public class Main {
    interface Action {
        void act();
    }

    static class Light {
        void on() {
        }
    }

    static Action later(Light light) {
        return new Action() {
            @Override
            public void act() {
                light.on();
            }
        };
    }

    public static void main(String[] args) {
        final Light light = new Light();
        Action first = later(light);
        first.act();
        Action second = () -> light.on();
        second.act();
    }
}
