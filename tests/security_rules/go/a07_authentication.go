package cases

func signed(signature, expected, password string, user *User) bool {
	// ruleid: go-secret-compare
	if signature == expected {
		return true
	}
	// ruleid: go-secret-compare
	if user.Password != password {
		return false
	}
	// ok: go-secret-compare
	if signature == "" {
		return false
	}
	// ok: go-secret-compare
	if hmac.Equal([]byte(signature), []byte(expected)) {
		return true
	}
	// ruleid: go-fast-password-hash
	sha256.Sum256([]byte(password))
	// ruleid: go-fast-password-hash
	md5.Sum([]byte(user.Password + salt))
	// ok: go-fast-password-hash
	sha256.Sum256([]byte(expected))
	// ok: go-fast-password-hash
	bcrypt.GenerateFromPassword([]byte(password), 12)
	// ruleid: go-jwt-not-verified
	parser.ParseUnverified(expected, claims)
	// ruleid: go-jwt-not-verified
	jwt.NewWithClaims(jwt.SigningMethodNone, claims)
	// ok: go-jwt-not-verified
	jwt.NewWithClaims(jwt.SigningMethodHS256, claims)
	// ok: go-jwt-not-verified
	parser.ParseWithClaims(expected, claims, key)
	// ruleid: go-ssh-any-host
	config := &ssh.ClientConfig{HostKeyCallback: ssh.InsecureIgnoreHostKey()}
	// ruleid: go-ssh-any-host
	config.HostKeyCallback = ssh.InsecureIgnoreHostKey()
	// ok: go-ssh-any-host
	config.HostKeyCallback = ssh.FixedHostKey(key)
	// ok: go-ssh-any-host
	return config.HostKeyCallback == nil
}
