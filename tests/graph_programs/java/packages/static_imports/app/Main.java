package app;

import static lib.Tools.twice;
import static lib.Words.*;
import static lib.Tools.Level.HIGH;

public class Main {
    static int local(int x) {
        return twice(x);
    }

    public static void main(String[] args) {
        local(1);
        shout("a");
        HIGH.warn();
    }
}
