package main

type Node interface {
	Accept(v Visitor)
}

type Visitor interface {
	VisitLeaf(l *Leaf)
	VisitTree(t *Tree)
}

type Leaf struct{}

type Tree struct {
	children []Node
}

func (l *Leaf) Accept(v Visitor) { v.VisitLeaf(l) }

func (t *Tree) Accept(v Visitor) {
	v.VisitTree(t)
	for _, child := range t.children {
		child.Accept(v)
	}
}

type Printer struct{}

func (p *Printer) VisitLeaf(l *Leaf) {}

func (p *Printer) VisitTree(t *Tree) {}

func main() {
	root := &Tree{children: []Node{&Leaf{}, &Tree{}}}
	root.Accept(&Printer{})
}
