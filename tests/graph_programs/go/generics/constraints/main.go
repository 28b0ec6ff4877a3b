package main

type Stringer interface {
	String() string
}

type ID int

func (i ID) String() string { return format(int(i)) }

type Name string

func (n Name) String() string { return string(n) }

func format(n int) string { return "" }

func Join[T Stringer](items ...T) string {
	out := ""
	for _, item := range items {
		out += item.String()
	}
	return out
}

type Cache[K comparable, V Stringer] struct {
	data map[K]V
	miss func(K) V
}

func (c *Cache[K, V]) Get(key K) V {
	if v, ok := c.data[key]; ok {
		return v
	}
	v := c.miss(key)
	c.data[key] = v
	return v
}

func load(key string) ID { return ID(1) }

func main() {
	Join(ID(1), ID(2))
	c := &Cache[string, ID]{data: map[string]ID{}, miss: load}
	c.Get("x").String()
}
