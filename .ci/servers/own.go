package main

import (
	"regexp"
	"slices"
	"strings"
)

// Secrets that a server makes itself aren't known beforehand. They are told by the places and
// the forms below, each of which somebody has looked at, and count neither as planted nor as
// other text.

// ownPlaces are fields, variables and map keys that hold nothing else.
var ownPlaces = []string{
	"crypto/internal/fips140/aes/gcm.gcmPlatformData.productTable",
	"crypto/internal/fips140/hmac.HMAC.ipad",
	"crypto/internal/fips140/hmac.HMAC.opad",
	"crypto/internal/fips140/tls13.ExporterMasterSecret.secret",
	"crypto/internal/fips140/tls13.MasterSecret.secret",
	"crypto/tls.Config.SessionTicketKey",
	"crypto/tls.Conn.resumptionSecret",
	"crypto/tls.SessionState.secret",
	"crypto/tls.halfConn.trafficSecret",
	"crypto/tls.ticketKey.aesKey",
	"crypto/tls.ticketKey.hmacKey",
	"github.com/nats-io/nats-server/v2/server.msgBlock.seed",
	"github.com/nats-io/nkeys.ckp.seed",
	"github.com/nats-io/nkeys.kp.seed",
	"github.com/pocketbase/pocketbase/core.PasswordFieldValue.Hash",
	"github.com/pocketbase/pocketbase/core.TokenConfig.Secret",
	"github.com/quic-go/quic-go.packetHandlerMap.TokenGeneratorKey",
	"github.com/quic-go/quic-go/internal/handshake.tokenProtector.key",
	"golang.org/x/crypto/bcrypt.bcrypt.salt",
	"golang.org/x/crypto/bcrypt.hashed.hash",
	"golang.org/x/crypto/bcrypt.hashed.salt",
	"golang.org/x/crypto/chacha20.Cipher.buf",
	"golang.org/x/crypto/chacha20poly1305.chacha20poly1305.key",
	"golang.org/x/crypto/chacha20poly1305.xchacha20poly1305.key",
}

// ownForms are bcrypt hashes, also in base64, JSON web tokens, and signed requests to AWS.
var ownForms = regexp.MustCompile(`\$2[aby]\$\d\d\$|JDJ[hi5]JDEw|eyJ[\w-]+\.eyJ[\w-]+\.[\w-]{20,}|` +
	`AWS4-HMAC-SHA256 Credential=.*Signature=`)

// own reports whether a text is such a secret. Only pocketbase has a tokenKey.
func own(at *step, text string) bool {
	if 2*strings.Count(text, "\x00") > len(text) { // not used yet, or other data: a key is random
		return false
	}
	return slices.Contains(ownPlaces, at.last()) || ownForms.MatchString(text) ||
		at.name == `["tokenKey"]` && len(text) == 50
}
