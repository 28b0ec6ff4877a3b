package main

type Node struct {
	next  *Node
	visit func(*Node)
}

func show(n *Node) {}

func (n *Node) Walk() {
	for current := n; current != nil; current = current.next {
		current.visit(current)
		current.mark()
	}
}

func (n *Node) mark() {}

type List struct {
	head *Node
	size int
}

func (l *List) Each() {
	l.head.Walk()
	l.head.next.mark()
}

func main() {
	l := List{}
	l.head = &Node{}
	l.head.next = &Node{visit: show}
	l.Each()
}
