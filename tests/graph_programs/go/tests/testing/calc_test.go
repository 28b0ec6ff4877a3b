package calc

import "testing"

func check(t *testing.T, got int) {
	t.Helper()
}

func TestAdd(t *testing.T) {
	t.Run("small", func(t *testing.T) {
		check(t, Add(1, 2))
	})
	internal()
}

func BenchmarkAdd(b *testing.B) {
	Add(1, 2)
}
