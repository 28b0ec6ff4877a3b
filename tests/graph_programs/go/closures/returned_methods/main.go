package main

type Account struct{ balance int }

func (a *Account) Deposit(n int) { a.audit() }

func (a *Account) audit() {}

func actions(a *Account) (map[string]func(int), func()) {
	return map[string]func(int){"deposit": a.Deposit}, func() { a.audit() }
}

func retry(times int, f func() error) error {
	for i := 0; i < times; i++ {
		if err := f(); err == nil {
			return nil
		}
	}
	return nil
}

func main() {
	table, done := actions(&Account{})
	table["deposit"](1)
	done()
	defer done()
	retry(3, func() error {
		return attempt()
	})
}

func attempt() error { return nil }
