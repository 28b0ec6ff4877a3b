package config

type Config struct{}

func (c *Config) Validate() {}

var Default = &Config{}

type Parser interface{ Parse() }

type JSON struct{}

func (JSON) Parse() {}

var Registry = map[string]Parser{
	"json": JSON{},
}
