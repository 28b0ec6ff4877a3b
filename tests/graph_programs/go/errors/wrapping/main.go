package main

import (
	"errors"
	"fmt"
)

type NotFound struct{ name string }

func (e *NotFound) Error() string { return describe(e.name) }

func describe(name string) string { return fmt.Sprintf("no %s", name) }

func find(name string) (string, error) {
	if name == "" {
		return "", &NotFound{name}
	}
	return name, nil
}

func main() {
	_, err := find("")
	if err != nil {
		fmt.Println(err.Error())
	}
	var missing *NotFound
	if errors.As(err, &missing) {
		missing.Error()
	}
}
