package main

type Builder struct {
	parts []string
}

func New() *Builder {
	return &Builder{}
}

func (b *Builder) Add(part string) *Builder {
	b.parts = append(b.parts, part)
	return b
}

func (b *Builder) Build() string {
	return b.join()
}

func (b *Builder) join() string {
	return ""
}

func main() {
	New().Add("a").Add("b").Build()
}
