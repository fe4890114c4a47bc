package secrets

// Secrets that are recognised by their own look are long: nearly every word of
// an ordinary text can be skipped without being looked at.
const (
	minWord    = 20 // the shortest of keyKinds, prefix included
	minLongRun = 32 // of LongRun
	minBase64  = 40 // of base64Runs
)

// longWords appends the secrets among the words of at least minWord letters,
// digits and "_-." in b.
func longWords(b []byte, longRuns bool, found []span) []span {
	checked := 0 // b[from:checked] is known to be part of a word
	for from := 0; from+minWord <= len(b); {
		// If the last byte of the window is no part of a word, no word of
		// this size begins before it; and so on to the left.
		i := from + minWord - 1
		for i >= checked && class[b[i]]&wordSet != 0 {
			i--
		}
		checked = from + minWord
		if i >= from && class[b[i]]&wordSet == 0 {
			from = i + 1
			continue
		}
		end := runEnd(b, checked, wordSet)
		if longRuns {
			found = alnumRuns(b, from, end, found)
		}
		found = keys(b, from, end, found)
		from = end + 1
		checked = from
	}
	return found
}

// alnumRuns appends the matches of LongRun in b[from:to], but for long names of
// tests and of members in JSON, and digests.
func alnumRuns(b []byte, from, to int, found []span) []span {
	for to-from >= minLongRun {
		end := runEnd(b[:to], from, alnum)
		if run := b[from:end]; len(run) >= minLongRun && !allSame(run) && !isDigest(b, from) &&
			!(inWords(run) && (isTest(run) || isMember(b, from, end))) {
			found = append(found, span{from, end})
		}
		from = end + 1
	}
	return found
}

// isTest reports whether run is the name of a test function.
func isTest(run []byte) bool {
	for _, prefix := range [...]string{"Test", "Benchmark", "Example", "Fuzz"} {
		if n := len(prefix); len(run) > n && hasPrefix(run, prefix) && class[run[n]]&capital != 0 {
			return true
		}
	}
	return false
}

// isDigest reports whether what begins at b[from] is a digest: sha256:0123456789.
func isDigest(b []byte, from int) bool {
	for _, prefix := range [...]string{"sha256:", "sha512:", "sha1:", "md5:"} {
		if n := from - len(prefix); n >= 0 && hasPrefix(b[n:], prefix) {
			return true
		}
	}
	return false
}

// base64Runs appends the runs of base64 digits in b, of either alphabet, that
// look random. They are keys of at least 30 bytes like those of LongRun, which
// finds but a part of them, or nothing, if they have other digits than letters
// and those of ten. [RFC 4648, sections 4 and 5]
func base64Runs(b []byte, found []span) []span {
	for from := 0; from+minBase64 <= len(b); {
		i := from + minBase64 - 1
		for i >= from && class[b[i]]&base64Set != 0 {
			i--
		}
		if i >= from {
			from = i + 1
			continue
		}
		end := runEnd(b, from+minBase64, base64Set)
		if s := withoutNames(b, span{from, end}); s.to-s.from >= minBase64 && looksRandom(b[s.from:s.to]) {
			found = append(found, s)
		}
		from = end + 1
	}
	return found
}

// withoutNames returns s without the names at both ends of it that - _ / + set
// apart, as in document/d/key or TestLogin/key_key.
func withoutNames(b []byte, s span) span {
	for {
		end := runEnd(b[:s.to], s.from, alnum)
		if end == s.to || !inWords(b[s.from:end]) {
			break
		}
		s.from = end + 1
	}
	for {
		from := s.to
		for from > s.from && class[b[from-1]]&alnum != 0 {
			from--
		}
		if from == s.from || !inWords(b[from:s.to]) {
			return s
		}
		s.to = from - 1
	}
}

// looksRandom reports whether capitals, small letters and digits are mixed as
// hardly ever in names, paths and UUIDs. In random base64, 41, 41 and 16 of 100
// are of these kinds, 3 are other signs, and 62 have one of another kind beside
// them; two keys of a hundred are outside of the limits here.
func looksRandom(run []byte) bool {
	capitals, small, digits, pairs, changes := 0, 0, 0, 0, 0
	last := uint16(0) // kind of the byte before, 0 of - _ / +
	for _, c := range run {
		kind := class[c] & (alnum | capital | digit)
		switch {
		case kind&capital != 0:
			capitals++
		case kind&digit != 0:
			digits++
		case kind != 0:
			small++
		}
		if kind != 0 && last != 0 {
			if pairs++; kind != last {
				changes++
			}
		}
		last = kind
	}
	letters := capitals + small + digits
	return 10*letters >= 9*len(run) && 5*capitals >= letters && 5*small >= letters && digits >= 2 &&
		20*digits <= 7*letters && 5*changes >= 2*pairs
}

// minFragment is the shortest part of a key that is looked for.
const minFragment = 8

// fragments returns the words of b that could be parts of keys.
func fragments(b []byte) (found []span) {
	for from := 0; from < len(b); from++ {
		to := runEnd(b, from, alnum|dash)
		if to-from >= minFragment && mixed(b[from:to]) {
			found = append(found, span{from, to})
		}
		from = to
	}
	return found
}

// mixed reports whether there are digits among the letters of a word, and three
// changes of its kind of letter, as there are in nearly any part of a key.
func mixed(word []byte) bool {
	letters, digits, changes, last := false, false, 0, uint16(0)
	for _, c := range word {
		kind := class[c] & (alnum | capital | digit)
		if kind == 0 {
			continue
		}
		digits = digits || kind&digit != 0
		letters = letters || kind&digit == 0
		if kind != last && last != 0 {
			changes++
		}
		last = kind
	}
	return letters && digits && changes >= 3
}

// inWords reports whether a run of letters is inCamelCase, and has no digits.
func inWords(run []byte) bool {
	capitals, length := 0, 0
	for _, c := range run {
		switch {
		case '0' <= c && c <= '9':
			return false
		case c < 'a':
			capitals, length = capitals+1, 0
		}
		if length++; length > maxWordLength {
			return false
		}
	}
	return 4*capitals <= len(run)
}

// maxWordLength bounds a word in a name.
const maxWordLength = 20

// isMember reports whether b[from:to] is the name of a member of a JSON object,
// {"name": or ,"name":.
func isMember(b []byte, from, to int) bool {
	end := quoteAt(b, to)
	after := runBlanks(b, to+end)
	if end == 0 || from == 0 || !isQuote(b[from-1]) || after == len(b) || b[after] != ':' {
		return false
	}
	from--
	for from > 0 && (b[from-1] == '\\' || class[b[from-1]]&blank != 0) {
		from--
	}
	return from > 0 && (b[from-1] == '{' || b[from-1] == ',')
}

// A keyKind is a kind of key that its issuer marks with a prefix, so that it is
// recognised when it leaks.
type keyKind struct {
	prefix string
	set    uint16 // of the first five classes: the bytes after the prefix
	min    int    // number of these bytes
}

// keyKinds are the prefixes their issuers document. The lengths are lower
// bounds where the issuer says that they may grow.
var keyKinds = [...]keyKind{
	{"AKIA", base32, 16},               // Amazon Web Services, long-term
	{"ASIA", base32, 16},               // and temporary
	{"ABIA", base32, 16},               // and bearer
	{"LTAI", alnum, 16},                // Alibaba Cloud
	{"AIza", alnum | dash, 35},         // Google Cloud API
	{"GOCSPX-", alnum | dash, 20},      // Google OAuth client
	{"ya29.", alnum | dash | dot, 20},  // Google OAuth access
	{"ghp_", alnum, 30},                // GitHub, personal
	{"gho_", alnum, 30},                // OAuth
	{"ghu_", alnum, 30},                // user to server
	{"ghs_", alnum, 30},                // server to server
	{"ghr_", alnum, 30},                // refresh
	{"github_pat_", alnum | dash, 22},  // fine-grained
	{"glpat-", alnum | dash | dot, 20}, // GitLab, personal
	{"gldt-", alnum | dash, 20},        // deploy
	{"glrt-", alnum | dash | dot, 20},  // runner
	{"glptt-", alnum | dash, 20},       // pipeline trigger
	{"glcbt-", alnum | dash, 20},       // CI job
	{"glagent-", alnum | dash, 20},     // agent for Kubernetes
	{"glsoat-", alnum | dash, 20},      // SCIM
	{"glft-", alnum | dash, 20},        // feed
	{"xoxa-", alnum | dash, 15},        // Slack
	{"xoxb-", alnum | dash, 15},        //
	{"xoxc-", alnum | dash, 15},        //
	{"xoxd-", alnum | dash, 15},        //
	{"xoxe-", alnum | dash, 15},        //
	{"xoxe.", alnum | dash | dot, 15},  //
	{"xoxp-", alnum | dash, 15},        //
	{"xoxr-", alnum | dash, 15},        //
	{"xoxs-", alnum | dash, 15},        //
	{"xapp-", alnum | dash, 15},        //
	{"sk_live_", alnum, 16},            // Stripe
	{"sk_test_", alnum, 16},            //
	{"rk_live_", alnum, 16},            //
	{"rk_test_", alnum, 16},            //
	{"whsec_", alnum, 24},              // Stripe webhooks
	{"sk-", alnum | dash, 20},          // OpenAI, Anthropic and others
	{"gsk_", alnum, 40},                // Groq
	{"hf_", alnum, 30},                 // Hugging Face
	{"r8_", alnum, 30},                 // Replicate
	{"SG.", alnum | dash | dot, 40},    // SendGrid
	{"SK", hex, 32},                    // Twilio
	{"key-", hex, 32},                  // Mailgun
	{"npm_", alnum, 36},                // npm
	{"pypi-", alnum | dash, 50},        // PyPI
	{"rubygems_", hex, 48},             // RubyGems
	{"dckr_pat_", alnum | dash, 20},    // Docker Hub
	{"hvs.", alnum | dash, 20},         // HashiCorp Vault, service
	{"hvb.", alnum | dash, 20},         // batch
	{"hvr.", alnum | dash, 20},         // recovery
	{"dop_v1_", hex, 40},               // DigitalOcean, personal
	{"doo_v1_", hex, 40},               // OAuth
	{"dor_v1_", hex, 40},               // refresh
	{"dapi", hex, 32},                  // Databricks
	{"dp.pt.", alnum, 40},              // Doppler
	{"shpat_", hex | base32, 32},       // Shopify
	{"shpca_", hex | base32, 32},       //
	{"shppa_", hex | base32, 32},       //
	{"shpss_", hex | base32, 32},       //
	{"sq0atp-", alnum | dash, 22},      // Square
	{"sq0csp-", alnum | dash, 40},      //
	{"ATATT3", alnum | dash, 50},       // Atlassian
	{"PMAK-", hex | dash, 40},          // Postman
	{"NRAK-", alnum, 20},               // New Relic
	{"glsa_", alnum | dash, 32},        // Grafana
	{"glc_", alnum, 32},                // Grafana Cloud
	{"sntrys_", alnum | dash, 40},      // Sentry
	{"sntryu_", hex, 40},               //
	{"lin_api_", alnum, 32},            // Linear
	{"pscale_tkn_", alnum | dash, 30},  // PlanetScale
	{"pscale_pw_", alnum | dash, 30},   //
	{"pul-", hex, 40},                  // Pulumi
	{"sbp_", hex, 40},                  // Supabase
	{"tskey-", alnum | dash, 20},       // Tailscale
	{"figd_", alnum | dash, 30},        // Figma
	{"ntn_", alnum, 40},                // Notion
	{"AGE-SECRET-KEY-1", base32, 40},   // age
	{"ops_eyJ", alnum, 40},             // 1Password service accounts
	{"eyJ", alnum | dash, 7},           // JWT: see jwtEnd
}

const jwtPrefix = "eyJ" // base64 of `{"`

// keysByByte are the keyKinds by their first byte.
var keysByByte = func() (kinds [256][]keyKind) {
	for _, k := range keyKinds {
		kinds[k.prefix[0]] = append(kinds[k.prefix[0]], k)
	}
	return kinds
}()

// keys appends the keys of known kinds in b[from:to].
func keys(b []byte, from, to int, found []span) []span {
	var w wordSearch
	b = b[:to]
	for i := from; i+minWord <= to; i++ {
		for _, k := range keysByByte[b[i]] {
			if end := w.keyEnd(b, &k, i); end > 0 {
				found = append(found, span{i, end})
				i = end - 1
				break
			}
		}
	}
	return found
}

// A wordSearch goes through a word from left to right. It remembers how far runs
// of bytes go, because prefixes may follow each other as in sk-sk-sk-sk-.
type wordSearch struct {
	ends   [1 << 5]int // by set: the end of the run found last
	random int         // the digit or capital letter found last
}

// keyEnd returns the end of a key of kind k that begins at b[from], or 0.
func (w *wordSearch) keyEnd(b []byte, k *keyKind, from int) int {
	rest := from + len(k.prefix)
	if rest+k.min > len(b) || !hasPrefix(b[from:], k.prefix) {
		return 0
	}
	end := &w.ends[k.set]
	if *end <= rest {
		*end = runEnd(b, rest, k.set)
	}
	// Nearly all random strings have a digit or a capital letter, and names
	// with dashes have not.
	for w.random < rest || w.random < *end && (b[w.random] >= 'a' || class[b[w.random]]&alnum == 0) {
		w.random = max(rest, w.random+1)
	}
	switch {
	case *end-rest < k.min || w.random >= *end:
		return 0 // "sk-learn-something-long"
	case k.prefix == jwtPrefix:
		return jwtEnd(b, *end)
	case len(k.prefix) <= 3 && !startsWord(b, from):
		return 0 // "disk-0123"
	}
	return runEnd(b, *end, alnum)
}

// jwtEnd returns the end of a JWT whose header ends at dot: a payload and
// mostly a signature follow, or the four more parts of an encrypted one.
// [RFC 7515, section 3.1; RFC 7516, section 3.1]
func jwtEnd(b []byte, dot int) int {
	end := runEnd(b, dot, wordSet)
	if dot == end || b[dot] != '.' || end-dot < len(".e30") {
		return 0
	}
	for b[end-1] == '.' {
		end--
	}
	return end
}

// startsWord reports whether no letter or digit stands before b[i], but for the
// letter of an escape sequence such as \n.
func startsWord(b []byte, i int) bool {
	return i == 0 || class[b[i-1]]&alnum == 0 || i > 1 && b[i-2] == '\\'
}
