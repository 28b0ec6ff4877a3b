package tools

func Trim(s string) string { return clean(s) }

func clean(s string) string { return s }
