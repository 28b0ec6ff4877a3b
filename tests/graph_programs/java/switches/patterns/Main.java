public class Main {
    sealed interface Expr permits Num, Add {
    }

    record Num(int value) implements Expr {
        int literal() {
            return value;
        }
    }

    record Add(Expr left, Expr right) implements Expr {
        void trace() {
        }
    }

    static int eval(Expr expr) {
        return switch (expr) {
            case Num num -> num.literal();
            case Add(Expr left, Expr right) -> eval(left) + eval(right);
        };
    }

    static void look(Object object) {
        if (object instanceof Add add) {
            add.trace();
        } else if (!(object instanceof Num num)) {
            return;
        } else {
            num.literal();
        }
    }

    public static void main(String[] args) {
        eval(new Add(new Num(1), new Num(2)));
        look(new Num(1));
    }
}
