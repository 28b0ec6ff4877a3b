trait Visitor {
    fn visit_leaf(&mut self, leaf: &Leaf);

    fn visit_branch(&mut self, branch: &Branch);
}

trait Node {
    fn accept(&self, visitor: &mut dyn Visitor);
}

struct Leaf;

struct Branch {
    children: Vec<Box<dyn Node>>,
}

impl Node for Leaf {
    fn accept(&self, visitor: &mut dyn Visitor) {
        visitor.visit_leaf(self);
    }
}

impl Node for Branch {
    fn accept(&self, visitor: &mut dyn Visitor) {
        visitor.visit_branch(self);
    }
}

struct Counter {
    n: u32,
}

impl Visitor for Counter {
    fn visit_leaf(&mut self, _leaf: &Leaf) {
        self.bump();
    }

    fn visit_branch(&mut self, branch: &Branch) {
        for child in &branch.children {
            child.accept(self);
        }
    }
}

impl Counter {
    fn bump(&mut self) {
        self.n += 1;
    }
}

fn main() {
    let tree = Branch { children: vec![Box::new(Leaf), Box::new(Branch { children: vec![] })] };
    let mut counter = Counter { n: 0 };
    tree.accept(&mut counter);
}
