class Conf {
    static final Conf INSTANCE = build();
    static Runnable hook;

    static Conf build() {
        return new Conf();
    }

    void fire() {
    }
}

class Holder {
    static void arm() {
        Conf.hook = Holder::shoot;
    }

    static void shoot() {
    }
}

public class Main {
    public static void main(String[] args) {
        Conf.INSTANCE.fire();
        Holder.arm();
        Conf.hook.run();
    }
}
