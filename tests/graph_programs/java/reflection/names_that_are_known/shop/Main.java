package shop;

import java.lang.reflect.Method;

public class Main {
    static Object make() throws Exception {
        return Class.forName("shop.Target").getDeclaredConstructor().newInstance();
    }

    static void run() throws Exception {
        Object made = make();
        Method method = made.getClass().getMethod("unknown");
        Class<?> kind = Class.forName("shop.Target");
        kind.getMethod("run").invoke(made);
    }

    static void take() throws Exception {
        Target.class.getMethod("take", Target.Other.class).invoke(new Target(), new Target.Other());
    }

    static void still() throws Exception {
        Method method = Target.class.getDeclaredMethod("st");
        method.invoke(null);
    }

    public static void main(String[] args) throws Exception {
        run();
        take();
        still();
    }
}
