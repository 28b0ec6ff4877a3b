package cases

import (
	// ruleid: go-outdated-package
	"github.com/dgrijalva/jwt-go"
	// ok: go-outdated-package
	"github.com/golang-jwt/jwt/v5"
	// ruleid: go-outdated-package
	"golang.org/x/crypto/md4"
	// ok: go-outdated-package
	"golang.org/x/crypto/bcrypt"
)
