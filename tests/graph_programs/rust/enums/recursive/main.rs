enum Expr {
    Number(i64),
    Neg(Box<Expr>),
    Binary { op: Op, left: Box<Expr>, right: Box<Expr> },
}

#[derive(Clone, Copy)]
enum Op {
    Add,
    Mul,
}

impl Op {
    fn apply(self, a: i64, b: i64) -> i64 {
        match self {
            Op::Add => sum(a, b),
            Op::Mul => product(a, b),
        }
    }
}

impl Expr {
    fn eval(&self) -> i64 {
        match self {
            Expr::Number(n) => *n,
            Expr::Neg(inner) => -inner.eval(),
            Expr::Binary { op, left, right } => op.apply(left.eval(), right.eval()),
        }
    }
}

fn sum(a: i64, b: i64) -> i64 {
    a + b
}

fn product(a: i64, b: i64) -> i64 {
    a * b
}

fn main() {
    let e = Expr::Binary {
        op: Op::Add,
        left: Box::new(Expr::Number(1)),
        right: Box::new(Expr::Neg(Box::new(Expr::Number(2)))),
    };
    e.eval();
}
