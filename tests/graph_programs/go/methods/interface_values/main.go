package main

type Closer interface{ Close() error }

type File struct{}

func (f *File) Close() error { return flush() }

func flush() error { return nil }

type Conn struct{}

func (c Conn) Close() error { return nil }

func after(closers ...func() error) {
	for _, c := range closers {
		c()
	}
}

func main() {
	var c Closer = &File{}
	closeIt := c.Close
	closeIt()
	after(Conn{}.Close, c.Close)
	f := Closer.Close
	f(Conn{})
}
