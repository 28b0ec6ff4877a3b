package app;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CalcTest {
    private Calc calc;

    @BeforeEach
    void setUp() {
        calc = new Calc();
    }

    @Test
    void adds() {
        calc.add(1, 2);
        check(calc);
    }

    private void check(Calc calc) {
        calc.total();
    }
}
