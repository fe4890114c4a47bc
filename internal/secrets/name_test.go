package secrets

import (
	"strings"
	"testing"
)

func TestSecretName(t *testing.T) {
	yes := `password Password PASSWORD passwords userPassword user_password dbpassword password2 Password_1
		passwd userPasswd pwd DbPwd passphrase sshPassphrase DB_PASS smtpPass user.pw
		secret Secret secrets clientSecret client_secret clientsecret AppSecretKey SecretID secretValue
		authToken accesstoken access_token AccessTokens OAuthToken JWTToken jwt
		csrf-token X-CSRF-Token GITHUB_TOKEN session.token oauth2Token
		apiKey APIKey api_key api-key apikey X-Api-Key ApiKeys stripeAPIKey APIKEY api.key
		privateKey private_key PrivateKey accessKey SharedAccessKey signingKey
		encryption_key masterKey sessionKey authKey aesKey hmac_key
		authorization Authorization Proxy-Authorization BearerToken
		creds
		sessionid JSESSIONID PHPSESSID`
	yes += " PassWord PassPhrase PASS_WORD pass_phrase passCode PassWd userPassPhrase"
	yes += " FTP_PASS LDAP_PASS RABBITMQ_PASS EMAIL_HOST_PASS ansible_become_pass ssh_pass bindPass bindPW LDAP_BIND_PW DBPASS MYPASS rootpw licenseKey psk"
	yes += " currentSecret expectedSecret lastSecret nextSecret accountPass account_pw pw PW"
	yes += " pwdHash pwd_hash recovery_phrase backupPhrase storepass keypass trustpass isakmpKey ospf_key"
	yes += " api\x00key" // signs of any kind are separators
	for name := range strings.FieldsSeq(yes) {
		if !SecretName(name) {
			t.Errorf("SecretName(%q) = false, want true", name)
		}
	}
	no := `searchPhrase passphrase-fd bypass `
	no += `tokenizer Tokenize tokenCount TokensLen numTokens maxTokens max_tokens total_tokens tokenType TokenPos
		token.Kind TokenURL tokenEndpoint tokenExpiry tokenSource tokenBucket passwordLength PasswordFile
		passwordPolicy hasPassword isSecret IsTokenValid has_api_key showPassword --password-stdin secretName
		secretary keyboard key keys Key id user userID session sessions author authorize authorized Authorizer
		monkey keyPrivate publicKey primaryKey cache_key passed bypass passRate passThrough firstPass ssaPass tlsSecret imagePullSecret currentToken nextToken render_pass pass_width maxPassWords passenger compass
		signature sig cookieName CookiePath credentialsFile cryptoKeys cwd OLDPWD _ 42 π`
	for name := range strings.FieldsSeq(no) {
		if SecretName(name) {
			t.Errorf("SecretName(%q) = true, want false", name)
		}
	}
	for name, want := range map[string]bool{"": false, "API key": true, "the password": true, "max tokens": false} {
		if got := SecretName(name); got != want {
			t.Errorf("SecretName(%q) = %t, want %t", name, got, want)
		}
	}
	if long := strings.Repeat("x", 100) + "_api_key"; !SecretName(long) {
		t.Errorf("SecretName(%q) = false, want true", long)
	}
}

// Names that other things have, too, mark what looks like a secret and nothing else.
func TestWeigh(t *testing.T) {
	for _, tt := range []struct {
		name, value string
		want        bool
	}{
		{"currentToken", "gT4kWq81nZs", true},
		{"expectedToken", "identifier", false},
		{"lastToken", "Colon", false},
		{"inputTokens", "512", false},
		{"nextPageToken", "gT4kWq81nZs", false},
		{"auth", "Merivo-lap7!", true},
		{"pass", "barnowl4!", true},
		{"auth", "release-2", false},
		{"credentialsJSON", "gT4kWq81nZs", true},
		{"credentialsFile", "gT4kWq81nZs", false},
		{"auth", "Ready!", false},
		{"session", "$HOME2", false},
		{"session", "opening hours 9!", false},
		{"pinCode", "gT4kWq81nZs", true},
		{"otp_code", "493817", true},
		{"zipCode", "493817", false},
		{"privateExponent", "123", true},
		{"private_scalar", "123", true},
		{"publicExponent", "65537", false},
		{"jwtIssuer", "https://login.example.com", false},
		{"auth.jwt.audience", "shop-mobile-v3", false},
		{"issuerKey", "gT4kWq81nZs", true},
		{"key_file_pass", "hunter", true},
		{"render_pass", "hunter", false},
		{"password-reset-v2", "variant-104", false},
		{"passwordResetToken", "gT4kWq81nZs", true},
		{"password_reset_key", "gT4kWq81nZs", true},
		{"password_reset_code", "849302", true},
		{"scopeToken", "gT4kWq81nZs", true},
	} {
		if got := Weigh(tt.name).Hides([]byte(tt.value)); got != tt.want {
			t.Errorf("Weigh(%q).Hides(%q) = %t, want %t", tt.name, tt.value, got, tt.want)
		}
	}
}

func TestSecretNameAllocs(t *testing.T) {
	for _, name := range []string{"Password", "AWS_SECRET_ACCESS_KEY", "ordinaryFieldName", strings.Repeat("x", 64)} {
		if n := testing.AllocsPerRun(100, func() { SecretName(name) }); n != 0 {
			t.Errorf("SecretName(%q) allocates %v times, want 0", name, n)
		}
	}
}
