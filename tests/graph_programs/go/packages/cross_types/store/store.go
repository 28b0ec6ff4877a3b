package store

type Store interface {
	Load() string
}

type Memory struct{}

func NewMemory() *Memory { return &Memory{} }

func (m *Memory) Load() string { return "" }

type Disk struct{}

func (d *Disk) Load() string { return d.read() }

func (d *Disk) read() string { return "" }
