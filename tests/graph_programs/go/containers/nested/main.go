package main

type Event struct{ kind string }

type Listener func(Event)

type Bus struct {
	listeners map[string][]Listener
}

func (b *Bus) On(kind string, l Listener) {
	b.listeners[kind] = append(b.listeners[kind], l)
}

func (b *Bus) Emit(e Event) {
	for _, l := range b.listeners[e.kind] {
		l(e)
	}
}

func save(e Event) {}

func print(e Event) {}

func main() {
	b := Bus{listeners: make(map[string][]Listener)}
	b.On("save", save)
	b.On("show", func(e Event) { print(e) })
	b.Emit(Event{"save"})
	pairs := [][2]func(){{a, c}}
	pairs[0][1]()
	delete(b.listeners, "save")
}

func a() {}

func c() {}
