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
	"crypto/tls.halfConn.trafficSecret", "crypto/tls.Conn.resumptionSecret", "crypto/tls.ticketKey.hmacKey",
	"crypto/tls.ticketKey.aesKey", "crypto/tls.Config.SessionTicketKey", "crypto/tls.SessionState.secret",
	"crypto/internal/fips140/tls13.ExporterMasterSecret.secret", "crypto/internal/fips140/tls13.MasterSecret.secret",
	"crypto/internal/fips140/aes/gcm.gcmPlatformData.productTable",
	"golang.org/x/crypto/chacha20poly1305.xchacha20poly1305.key", "golang.org/x/crypto/chacha20poly1305.chacha20poly1305.key",
	"golang.org/x/crypto/chacha20.Cipher.buf",
	"github.com/nats-io/nkeys.ckp.seed", "github.com/nats-io/nkeys.kp.seed",
	"github.com/nats-io/nats-server/v2/server.msgBlock.seed",
	"github.com/pocketbase/pocketbase/core.TokenConfig.Secret", "github.com/pocketbase/pocketbase/core.PasswordFieldValue.Hash",
}

// ownForms are bcrypt hashes, also in base64, and tokens of users of pocketbase.
var ownForms = regexp.MustCompile(`\$2[aby]\$\d\d\$|JDJ[hi5]JDEw`)

func own(t *text) bool {
	if strings.Trim(t.plain, "\x00") == "" { // not used yet
		return false
	}
	return slices.Contains(ownPlaces, t.at.last()) || ownForms.MatchString(t.plain) ||
		t.at.name == `["tokenKey"]` && len(t.plain) == 50
}
