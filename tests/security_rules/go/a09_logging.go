package cases

func login(user, password string, hash []byte) {
	// ruleid: go-secret-logged
	log.Printf("login %s %s", user, password)
	// ruleid: go-secret-logged
	slog.Info("login", "token", user.Token)
	// ok: go-secret-logged
	log.Printf("login %s", user)
	// ok: go-secret-logged
	store.Put("password", password)
	// ruleid: go-error-of-check-ignored
	_ = bcrypt.CompareHashAndPassword(hash, []byte(password))
	// ruleid: go-error-of-check-ignored
	token, _ := jwt.ParseWithClaims(text, claims, key)
	// ok: go-error-of-check-ignored
	err := bcrypt.CompareHashAndPassword(hash, []byte(password))
	// ok: go-error-of-check-ignored
	number, _ := strconv.Atoi(text)
	use(err, token, number)
}
