package cases

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/hmac"
	"crypto/md5"
	"crypto/rc4"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/tls"
	"math/rand"
	"os"
)

func digests(data, key []byte) {
	// ruleid: go-weak-hash
	md5.Sum(data)
	// ruleid: go-weak-hash
	h := sha1.New()
	// ok: go-weak-hash
	sha256.Sum256(data)
	// ok: go-weak-hash
	hmac.New(sha256.New, key)
	// ruleid: go-weak-cipher
	des.NewCipher(key)
	// ruleid: go-weak-cipher
	rc4.NewCipher(key)
	// ok: go-weak-cipher
	aes.NewCipher(key)
	// ok: go-weak-cipher
	other.NewCipher(key)
	h.Write(data)
}

func vectors(block cipher.Block, text []byte) {
	// ruleid: go-static-iv
	cipher.NewCBCEncrypter(block, []byte("0123456789abcdef"))
	zero := make([]byte, 16)
	// ruleid: go-static-iv
	cipher.NewCTR(block, zero)
	iv := make([]byte, 16)
	if _, err := crand.Read(iv); err != nil {
		return
	}
	given := text[:16]
	// ok: go-static-iv
	cipher.NewCTR(block, given)
	fresh := make([]byte, 16)
	rand.Read(fresh)
	// ok: go-static-iv
	cipher.NewCBCEncrypter(block, fresh)
}

func connections(config *tls.Config) {
	// ruleid: go-tls-verify-off
	_ = &tls.Config{InsecureSkipVerify: true}
	// ruleid: go-tls-verify-off
	config.InsecureSkipVerify = true
	// ok: go-tls-verify-off
	_ = &tls.Config{InsecureSkipVerify: false}
	// ok: go-tls-verify-off
	_ = &tls.Config{ServerName: "example.org"}
	// ruleid: go-old-tls
	_ = &tls.Config{MinVersion: tls.VersionTLS10}
	// ruleid: go-old-tls
	config.MinVersion = tls.VersionTLS11
	// ok: go-old-tls
	_ = &tls.Config{MinVersion: tls.VersionTLS12}
	// ok: go-old-tls
	config.MinVersion = tls.VersionTLS13
}

func draws(letters string) {
	// ruleid: go-weak-random
	token := rand.Int63()
	// ok: go-weak-random
	delay := rand.Intn(10)
	// ok: go-weak-random
	colour := letters[rand.Intn(len(letters))]
	use(token, delay, colour)
}

func newToken(letters string) string {
	out := make([]byte, 16)
	for i := range out {
		// ruleid: go-weak-random
		out[i] = letters[rand.Intn(len(letters))]
	}
	return string(out)
}

func keys(token *jwt.Token) {
	// ruleid: go-hard-coded-key
	apiKey := "9f8a7b6c5d4e3f2a1b0c"
	// ruleid: go-hard-coded-key
	token.SignedString([]byte("swordfish"))
	// ok: go-hard-coded-key
	password := os.Getenv("PASSWORD")
	// ok: go-hard-coded-key
	secret := ""
	// ok: go-hard-coded-key
	authToken := "X-Auth-Token"
	// ruleid: go-short-key
	rsa.GenerateKey(random, 1024)
	// ruleid: go-short-key
	rsa.GenerateKey(random, 512)
	// ok: go-short-key
	rsa.GenerateKey(random, 2048)
	// ok: go-short-key
	rsa.GenerateKey(random, bits)
	use(apiKey, password, secret, authToken)
}
