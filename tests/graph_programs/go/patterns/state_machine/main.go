package main

type stateFn func(*lexer) stateFn

type lexer struct {
	state stateFn
	pos   int
}

func lexText(l *lexer) stateFn {
	l.emit()
	return lexNumber
}

func lexNumber(l *lexer) stateFn {
	if l.pos > 3 {
		return nil
	}
	return lexText
}

func (l *lexer) emit() { l.pos++ }

func (l *lexer) run() {
	for l.state = lexText; l.state != nil; {
		l.state = l.state(l)
	}
}

func main() {
	l := &lexer{}
	l.run()
}
